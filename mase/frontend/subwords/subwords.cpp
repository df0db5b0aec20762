// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/subwords.h"

#include "mase/frontend/subwords/bpe.h"
#include "mase/frontend/subwords/unigram.h"
#include "mase/frontend/subwords/word_level.h"
#include "mase/frontend/subwords/word_piece.h"
#include "mase/support/error.h"

#include <fmt/ranges.h>

namespace mase {
namespace {

template <typename Model>
std::unique_ptr<Subwords> make(const JsonObject &model) {
  return std::make_unique<Model>(model);
}

struct Kind {
  std::string_view name;
  std::unique_ptr<Subwords> (*read)(const JsonObject &model);
};
constexpr Kind kinds[] = {
    {"BPE", make<Bpe>}, {"Unigram", make<Unigram>}, {"WordLevel", make<WordLevel>}, {"WordPiece", make<WordPiece>}};

} // namespace

std::unique_ptr<Subwords> readSubwords(const JsonObject &tokenizer) {
  const JsonObject model = tokenizer.object("model");
  const std::string type = model.find("type") ? model.text("type") : "BPE";
  std::vector<std::string_view> names;
  for (const Kind &kind : kinds) {
    if (kind.name == type)
      return kind.read(model);
    names.push_back(kind.name);
  }
  fail("{}: tokenizer model {} is not read (read: {})", model.file(), inQuotes(type), fmt::join(names, ", "));
}

} // namespace mase
