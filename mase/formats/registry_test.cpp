// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/registry.h"

#include "mase/support/error.h"

#include <gmock/gmock.h>

namespace mase {
namespace {

using testing::HasSubstr;

std::string errorOf(std::string_view name) {
  try {
    return "no error: " + parseFormat(name).name();
  } catch (const InputError &error) {
    return error.what();
  }
}

TEST(ParseFormat, SpellingsOfOneFormatAreOneObject) {
  EXPECT_EQ(&parseFormat("mxint4"), &parseFormat("mxint4:1x32"));
  EXPECT_EQ(&parseFormat("mxint4"), &parseFormat("mxint4:1x32/e8@ocp"));
  EXPECT_EQ(&parseFormat("int8"), &parseFormat("int8:tensor/fp32"));
  EXPECT_EQ(&parseFormat("bf16"), &parseFormat("fp<8,7>"));
  EXPECT_EQ(&parseFormat("fp32"), &parseFormat("fp<8,23>"));
  EXPECT_EQ(parseFormat("bmf<4,3>:16x2/e5@mx-cpu-even").name(), "bmf<4,3>:16x2/e5@mx-cpu-even");
}

TEST(ParseFormat, AnUnknownNameListsWhatThereIs) {
  for (const char *name :
       {"mxfloat4",   "mxint",   "mxint4:", "mxint4:32",      "mxint4:0x2", "mxint4x", "mxint04",       "fixed<8>",
        "",           "mxint4/", "mxint4@", ":1x32",          "mxint4:-1",  "bmf<4>",  "bmf<4,3",       "bmf<-0,3",
        "mxint4:16x", "bl",      "mxfp8",   "fixed<8,4>:row", "int",        "fp<8,>",  "mxint4:row:row"})
    EXPECT_THAT(errorOf(name), testing::AllOf(HasSubstr("does not exist (known: "), HasSubstr("mxint<M>[:RxC]")))
        << name;
}

TEST(ParseFormat, ParametersOutOfRangeAreNamed) {
  EXPECT_THAT(errorOf("mxint1"), HasSubstr("has elements of 1 bits (2 to 12 are possible)"));
  EXPECT_THAT(errorOf("mxint13"), HasSubstr("has elements of 13 bits (2 to 12 are possible)"));
  EXPECT_THAT(errorOf("int1"), HasSubstr("has elements of 1 bits (2 to 12 are possible)"));
  EXPECT_THAT(errorOf("bl9"), HasSubstr("has elements of 9 bits (3 to 8 are possible)"));
  EXPECT_THAT(errorOf("fixed<25,0>"), HasSubstr("has elements of 25 bits (2 to 24 are possible)"));
  EXPECT_THAT(errorOf("fixed<8,33>"), HasSubstr("has 33 fraction bits (-32 to 32 are possible)"));
  for (const char *name : {"int8/0", "int8/1e60", "int8/0.1x", "int8/1e400"})
    EXPECT_THAT(errorOf(name), HasSubstr("(fp32, or a number from 2^-100 to 2^100 are possible)"));
  for (const char *name : {"int8:row/0.5", "int8/0.5@mx-ext"})
    EXPECT_THAT(errorOf(name),
                HasSubstr("has a scale of its own for all of a tensor (no block and no rounding beside it)"));
  EXPECT_THAT(errorOf("bmf<7,3>"), HasSubstr("has 7 exponent bits (1 to 6 are possible)"));
  EXPECT_THAT(errorOf("bmf<4,9>"), HasSubstr("has 9 mantissa bits (1 to 8 are possible; bl<W> has none)"));
  EXPECT_THAT(errorOf("fp<9,3>"), HasSubstr("has 9 exponent bits (2 to 8 are possible)"));
  EXPECT_THAT(errorOf("fp<4,24>"), HasSubstr("has 24 mantissa bits (1 to 23 are possible)"));
  EXPECT_THAT(errorOf("bf16:1x32"), HasSubstr("has no scale (leave out block, scale and rounding)"));
}

TEST(ParseFormat, ScalesAndRoundingsThatDoNotFitAreNamed) {
  EXPECT_THAT(errorOf("mxint4/e9"), HasSubstr("has scale 'e9' (e4, e5, e6, e7, e8 are possible)"));
  EXPECT_THAT(errorOf("int8/e8"), HasSubstr("has scale 'e8' (fp32 is possible)"));
  EXPECT_THAT(errorOf("mxint4@rne"), HasSubstr("has rounding 'rne', which does not exist (ocp, mx-cpu, "));
  EXPECT_THAT(errorOf("bl4@mx-cpu"),
              HasSubstr("has a rounding that is not defined for its element or scale (leave out @mx-cpu)"));
  EXPECT_THAT(errorOf("int8@mx-ext"), HasSubstr("has a rounding that is not defined for its element or scale"));
  for (const char *name : {"nvfp4:2x8/e4m3-row", "table(nf4):tensor/e4m3-row"})
    EXPECT_THAT(errorOf(name), HasSubstr("has one scale a row for blocks of several rows (1xN is possible)"));
}

} // namespace
} // namespace mase
