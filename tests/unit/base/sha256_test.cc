#include "engine/base/sha256.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace apdr {
namespace {

// FIPS 180-4, examples.
TEST(Sha256, MakesThePublishedExamples) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, KnowsNothingOfTheTextBefore) {
  const std::string abc = Sha256Hex("abc");
  const std::string more_than_a_block = Sha256Hex(std::string(1000, 'a'));
  EXPECT_EQ(Sha256Hex("abc"), abc);
  EXPECT_EQ(Sha256Hex(std::string(1000, 'a')), more_than_a_block);
  EXPECT_EQ(more_than_a_block, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}

// RFC 4231, test case 2.
TEST(HmacSha256, MakesThePublishedExample) {
  const std::array<std::uint8_t, 32> expected = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
                                                 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
                                                 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83,
                                                 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
  EXPECT_EQ(HmacSha256("Jefe", "what do ya want for nothing?"), expected);
}

}  // namespace
}  // namespace apdr
