#include "engine/base/name_uuid.h"

#include <gtest/gtest.h>

namespace apdr {
namespace {

// RFC 9562, appendix A.4.
TEST(NameUuid, MakesThePublishedExample) {
  EXPECT_EQ(NameUuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST(NameUuid, DiffersByName) {
  EXPECT_NE(NameUuid("5e701a2c-8d1f-4c59-9a52-2f6f0a7d3b10", "URN:199001"),
            NameUuid("5e701a2c-8d1f-4c59-9a52-2f6f0a7d3b10", "URN:199002"));
}

}  // namespace
}  // namespace apdr
