#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The primitives of FORMAT.md. Writers append to a string; ByteReader takes them off again.
namespace apdr::eventstore {

// Base-128, least significant group first, in its shortest form.
void PutVarint(std::string& out, std::uint64_t value);
// A signed number as a varint: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
void PutZigzag(std::string& out, std::int64_t value);
// Length as a varint, then the bytes.
void PutBytes(std::string& out, std::string_view bytes);
// Big-endian, so that keys sort as numbers.
void PutFixed32(std::string& out, std::uint32_t value);
void PutFixed64(std::string& out, std::uint64_t value);
// Big-endian with the sign bit flipped, so that keys sort as signed numbers.
void PutOrderedInt64(std::string& out, std::int64_t value);
// Self-delimiting and in byte order: 0x00 becomes 0x00 0xff, the end is 0x00 0x01.
void PutEscaped(std::string& out, std::string_view bytes);

// CRC-32C over `bytes`, four of them as they are stored.
[[nodiscard]] std::string Checksum(std::string_view bytes);
inline constexpr std::size_t kChecksumBytes = 4;

// Reads primitives off the front of borrowed bytes. Total: bytes that are too short or not in the
// shortest form make it fail for good, and every later read gives zero or nothing.
// Thread-compatible.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  // Nothing failed and nothing is left.
  [[nodiscard]] bool AtEnd() const { return ok_ && rest_.empty(); }

  std::uint64_t Varint();
  std::int64_t Zigzag();
  // A varint that counts things of at least one byte each: fails when they cannot all follow.
  std::size_t Count();
  std::string_view Bytes();
  // Exactly `size` bytes.
  std::string_view Raw(std::size_t size);
  std::uint32_t Fixed32();
  std::uint64_t Fixed64();
  std::int64_t OrderedInt64();
  std::string Escaped();
  // All that is left.
  std::string_view Rest();

 private:
  void Fail();

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace apdr::eventstore
