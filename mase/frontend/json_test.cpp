// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/json.h"

#include "mase/frontend/refusals.h"

#include <gmock/gmock.h>

namespace mase {
namespace {
using testing::HasSubstr;

std::string refusal(const std::string &text) {
  return refusalOf([&] { parseJson("f.json", text); });
}

TEST(StrictJson, ReadsWhatTheLibraryReads) {
  for (const char *text :
       {"null", "[]", "{}",
        " {\"a\": [1, -2, 3.5, true, null, \"\\u00e9\", {\"b\": {}, \"c\": [[], [{}]]}], \"d\": {}}\n",
        "18446744073709551615", "[[1], [2, [3]], {\"x\": [4]}]"})
    EXPECT_EQ(parseJson("f.json", text), Json::parse(text)) << text;
}

TEST(StrictJson, RefusesWhatItPassesOver) {
  EXPECT_EQ(refusal(R"({"a": 1, "b": {"a": 2, "a": 3}})"), R"(f.json: the key "a" appears twice in one object)");
  EXPECT_EQ(refusal(std::string(65, '[')), "f.json: is nested deeper than 64 levels");
  EXPECT_EQ(refusal("{\n  \"a\": x}"), "f.json:2:8: is not valid JSON");
  EXPECT_THAT(refusal("{\"a\": "), HasSubstr("is not valid JSON (it ends early)"));
  for (const char *text :
       {"", "{} {}", "[1,]", "{\"a\" 1}", "\"\xff\"", "\"\xed\xa0\x80\"", "1e999", "nan", "[01]", "\"\n\""})
    EXPECT_THAT(refusal(text), HasSubstr("is not valid JSON")) << text;
}

TEST(StrictJson, QuotedTextStaysOnOneShortLine) {
  EXPECT_EQ(inQuotes("a\nb\"c\x01"), R"("a\nb\"c\u0001")");
  EXPECT_EQ(inQuotes(std::string(100, 'x')), '"' + std::string(80, 'x') + "...\"");
  EXPECT_EQ(inQuotes("\xff"), "\"\xEF\xBF\xBD\"");
}

TEST(JsonObject, NamesTheMemberAndWhatIsWrong) {
  Json json = Json::parse(R"({"o": {"i": 7, "f": 1.5, "t": "x", "b": true, "n": null, "big": 18446744073709551615}})");
  JsonObject top("f.json", json), o = top.object("o");
  EXPECT_EQ(o.integer("i", 0, 7), 7);
  EXPECT_EQ(o.integerOr("n", 0, 7, 3), 3);
  EXPECT_EQ(o.number("f"), 1.5);
  EXPECT_EQ(o.number("i"), 7);
  EXPECT_EQ(o.text("t"), "x");
  EXPECT_TRUE(o.flag("b"));
  EXPECT_TRUE(o.flagOr("absent", true));

  EXPECT_EQ(refusalOf([&] { o.integer("n", 0, 1); }), "f.json: o.n is missing");
  EXPECT_EQ(refusalOf([&] { o.integer("f", 0, 1); }), "f.json: o.f is \"1.5\", not an integer");
  EXPECT_EQ(refusalOf([&] { o.integer("i", 0, 6); }), "f.json: o.i is 7, out of range (0 to 6)");
  EXPECT_THAT(refusalOf([&] { o.integer("big", 0, 6); }), HasSubstr("out of range"));
  EXPECT_EQ(refusalOf([&] { o.number("t"); }), R"(f.json: o.t is "\"x\"", not a number)");
  EXPECT_EQ(refusalOf([&] { o.text("i"); }), "f.json: o.i is \"7\", not a string");
  EXPECT_EQ(refusalOf([&] { o.flag("i"); }), "f.json: o.i is \"7\", not true or false");
  EXPECT_EQ(refusalOf([&] { o.array("i"); }), "f.json: o.i is not an array");
  EXPECT_EQ(refusalOf([&] { o.object("i"); }), "f.json: o.i is not an object");
  Json number = 3;
  EXPECT_EQ(refusalOf([&] { JsonObject("f.json", number); }), "f.json: the outermost value is not an object");
}

} // namespace
} // namespace mase
