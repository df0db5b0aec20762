// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/normalizers/normalizer.h"

#include "mase/frontend/normalizers/kinds.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase {
namespace {

struct Kind {
  std::string_view name;
  std::unique_ptr<Normalizer> (*read)(const JsonObject &step);
};
constexpr Kind kinds[] = {
    {"BertNormalizer", readBertNormalizer},
    {"ByteLevel", readByteLevelNormalizer},
    {"Lowercase", readLowercase},
    {"NFC", readUnicodeForm},
    {"NFD", readUnicodeForm},
    {"NFKC", readUnicodeForm},
    {"NFKD", readUnicodeForm},
    {"Nmt", readNmt},
    {"Precompiled", readPrecompiled},
    {"Prepend", readPrepend},
    {"Replace", readReplaceNormalizer},
    {"Strip", readStripNormalizer},
    {"StripAccents", readStripAccents},
};

} // namespace

Normalizers::Normalizers(const JsonObject &tokenizer) {
  if (tokenizer.find("normalizer"))
    read(tokenizer.object("normalizer"));
}

void Normalizers::read(const JsonObject &step) {
  const std::string type = step.text("type");
  if (type == "Sequence") {
    step.allowOnly({"type", "normalizers"});
    for (const Json &inner : step.array("normalizers"))
      read(JsonObject(step.file(), inner, step.nameOf("normalizers[].")));
    return;
  }
  std::vector<std::string_view> names;
  for (const Kind &kind : kinds) {
    if (kind.name == type) {
      steps_.push_back(kind.read(step));
      return;
    }
    names.push_back(kind.name);
  }
  fail("{}: normalizer {} is not read (read: {}, Sequence)", step.file(), inQuotes(type), fmt::join(names, ", "));
}

std::string Normalizers::applied(std::string_view text) const {
  std::string result(text);
  for (const auto &step : steps_)
    if (!result.empty())
      step->apply(result);
  return result;
}

} // namespace mase
