#include "eventstore/rocksdb/internal/bytes.h"

#include <isa-l/crc.h>

#include <array>
#include <bit>

namespace apdr::eventstore {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';

template <class Number>
void PutBigEndian(std::string& out, Number value) {
  std::array<char, sizeof(Number)> bytes;
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    *byte = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  out.append(bytes.data(), bytes.size());
}

template <class Number>
Number BigEndian(std::string_view bytes) {
  Number value = 0;
  for (const char byte : bytes) {
    value = static_cast<Number>(value << 8) | static_cast<unsigned char>(byte);
  }
  return value;
}

}  // namespace

void PutVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void PutZigzag(std::string& out, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  PutVarint(out, (bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}

void PutFixed32(std::string& out, std::uint32_t value) { PutBigEndian(out, value); }

void PutFixed64(std::string& out, std::uint64_t value) { PutBigEndian(out, value); }

void PutOrderedInt64(std::string& out, std::int64_t value) {
  PutBigEndian(out, static_cast<std::uint64_t>(value) ^ kSignBit);
}

void PutEscaped(std::string& out, std::string_view bytes) {
  for (std::size_t zero = bytes.find(kEscape); zero != bytes.npos; zero = bytes.find(kEscape)) {
    out.append(bytes.substr(0, zero + 1));
    out.push_back(kEscapedZero);
    bytes.remove_prefix(zero + 1);
  }
  out.append(bytes);
  out.push_back(kEscape);
  out.push_back(kEnd);
}

std::string Checksum(std::string_view bytes) {
  constexpr std::uint32_t kFlip = 0xffff'ffff;  // CRC-32C begins and ends with it.
  // NOLINTNEXTLINE: ISA-L only reads, though it does not say so.
  auto* const data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  std::string checksum;
  PutFixed32(checksum, ::crc32_iscsi(data, static_cast<int>(bytes.size()), kFlip) ^ kFlip);
  return checksum;
}

std::uint64_t ByteReader::Varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    const auto group = static_cast<std::uint64_t>(byte & 0x7f);
    const bool too_large = shift == 63 && group > 1;
    const bool not_shortest = shift > 0 && byte == 0;
    if (too_large || not_shortest) break;
    value |= group << shift;
    if (byte < 0x80) return value;
  }
  Fail();
  return 0;
}

std::int64_t ByteReader::Zigzag() {
  const std::uint64_t bits = Varint();
  return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
}

std::size_t ByteReader::Count() {
  const std::uint64_t count = Varint();
  if (count <= rest_.size()) return count;
  Fail();
  return 0;
}

std::string_view ByteReader::Bytes() { return Raw(Count()); }

std::string_view ByteReader::Raw(std::size_t size) {
  if (size > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::uint32_t ByteReader::Fixed32() { return BigEndian<std::uint32_t>(Raw(4)); }

std::uint64_t ByteReader::Fixed64() { return BigEndian<std::uint64_t>(Raw(8)); }

std::int64_t ByteReader::OrderedInt64() { return static_cast<std::int64_t>(Fixed64() ^ kSignBit); }

std::string ByteReader::Escaped() {
  std::string bytes;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] != kEscape) {
      bytes.push_back(rest_[i]);
      continue;
    }
    const char next = i + 1 < rest_.size() ? rest_[i + 1] : kEscape;
    if (next == kEnd) {
      rest_.remove_prefix(i + 2);
      return bytes;
    }
    if (next != kEscapedZero) break;
    bytes.push_back(kEscape);
    ++i;
  }
  Fail();
  return {};
}

std::string_view ByteReader::Rest() { return Raw(rest_.size()); }

void ByteReader::Fail() {
  ok_ = false;
  rest_ = {};
}

}  // namespace apdr::eventstore
