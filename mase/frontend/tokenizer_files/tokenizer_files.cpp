// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/tokenizer_files.h"

#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "mase/frontend/tokenizer_files/tokenizer_config.h"
#include "mase/frontend/tokenizer_files/vocabulary_merges.h"
#include "mase/frontend/tokenizer_files/vocabulary_text.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

namespace mase {
namespace {
namespace fs = std::filesystem;

/// As Hugging Face's LlamaTokenizer and T5Tokenizer read the file.
Json tokenizerOfPieces(const fs::path &path) {
  const std::string file = path.string();
  SentencePieces pieces = parseSentencePieces(file, readTextFile(path));
  const TokenizerConfig config(path.parent_path());
  const std::string name = config.tokenizerClass("LlamaTokenizer");
  if (name != "LlamaTokenizer" && name != "CodeLlamaTokenizer" && name != "GemmaTokenizer" && name != "T5Tokenizer")
    fail("{}: tokenizer_class {} is not read with a tokenizer.model (read: LlamaTokenizer, CodeLlamaTokenizer, "
         "GemmaTokenizer, T5Tokenizer)",
         config.file(), inQuotes(name));
  const bool closes = name == "T5Tokenizer";
  if (!config.flagOr("add_bos_token", !closes))
    pieces.first = -1;
  if (!config.flagOr("add_eos_token", closes))
    pieces.last = -1;
  Json json = tokenizerOf(file, pieces);
  config.addTokens(json["added_tokens"]);
  return json;
}

} // namespace

TokenizerSource readTokenizerSource(const fs::path &path) {
  std::error_code cannotTell; // then opening it says why
  if (!fs::is_directory(path, cannotTell)) {
    if (path.extension() == ".model")
      return {path.string(), tokenizerOfPieces(path)};
    return {path.string(), parseJson(path.string(), readTextFile(path))};
  }
  const auto has = [&](const char *name) { return fs::exists(path / name, cannotTell); };
  if (!has("tokenizer.json")) {
    if (has("tokenizer.model"))
      return {(path / "tokenizer.model").string(), tokenizerOfPieces(path / "tokenizer.model")};
    if (has("vocab.json") && has("merges.txt"))
      return {(path / "vocab.json").string(), tokenizerOfMerges(path)};
    if (has("vocab.txt"))
      return {(path / "vocab.txt").string(), tokenizerOfVocabulary(path)};
  }
  return readTokenizerSource(path / "tokenizer.json");
}

} // namespace mase
