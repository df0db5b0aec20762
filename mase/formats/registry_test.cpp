// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"

#include "mase/support/error.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

std::string errorOf(std::string_view name) {
  try {
    return "no error: " + parseFormat(name).name();
  } catch (const InputError &error) {
    return error.what();
  }
}

TEST(ParseFormat, TwoSpellingsAreOneFormat) { EXPECT_EQ(&parseFormat("mxint4"), &parseFormat("mxint4:1x32")); }

TEST(ParseFormat, AnUnknownNameListsWhatThereIs) {
  using testing::HasSubstr;
  for (const char *name :
       {"mxfloat4", "mxint", "mxint4:", "mxint4:32", "mxint4:0x2", "mxint4x", "mxint04", "fixed<8>", ""})
    EXPECT_THAT(errorOf(name), testing::AllOf(HasSubstr("does not exist (known: "), HasSubstr("mxint<M>[:RxC]")))
        << name;
}

TEST(ParseFormat, ParametersOutOfRangeAreNamed) {
  using testing::HasSubstr;
  EXPECT_THAT(errorOf("mxint1"), HasSubstr("has elements of 1 bits (2 to 12 are possible)"));
  EXPECT_THAT(errorOf("mxint13"), HasSubstr("has elements of 13 bits (2 to 12 are possible)"));
  EXPECT_THAT(errorOf("fixed<25,0>"), HasSubstr("has elements of 25 bits (2 to 24 are possible)"));
  EXPECT_THAT(errorOf("fixed<8,33>"), HasSubstr("has 33 fraction bits (-32 to 32 are possible)"));
}

} // namespace
} // namespace mase
