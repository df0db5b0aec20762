// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/model_files.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mase::cli {
namespace {

/// The ids of each line, which is a JSON string.
std::vector<std::vector<int32_t>> encodeLines(const Tokenizer &tokenizer, const std::string &file,
                                              std::string_view rest) {
  std::vector<std::vector<int32_t>> texts;
  for (size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string place = fmt::format("{}:{}", file, number);
    const Json text = parseJson(place, line);
    if (!text.is_string())
      fail("{}: {} is no text in JSON (a string a line)", place, inQuotes(line));
    texts.push_back(tokenizer.encode(text.get_ref<const std::string &>()));
  }
  return texts;
}

} // namespace

void addTokenize(CLI::App &app) {
  CLI::App *command = addCommand(app, "tokenize", "Token ids of a text file, or the text of token ids",
                                 {"mase tokenize models/llama-stories-1m models/llama-stories-1m/eval.txt --json",
                                  "mase tokenize models/llama-stories-1m --ids 1,382,384 --decode"});
  struct Options {
    std::string model, file, ids;
    bool decode = false, json = false, lines = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "A directory with a tokenizer, a GGUF file, or a LoRA adapter")->required();
  command->add_option("FILE", o->file, "A text file; with --decode, ids separated by commas");
  command->add_option("--ids", o->ids, "Ids to decode, in place of FILE");
  command->add_flag("--decode", o->decode, "From ids to text");
  command->add_flag("--lines", o->lines, "FILE has a text a line, as JSON strings; ids a line");
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    if (o->file.empty() == o->ids.empty())
      fail("tokenize: give either a FILE or --ids");
    if (!o->ids.empty() && !o->decode)
      fail("tokenize: --ids goes with --decode");
    if (o->lines && o->decode)
      fail("tokenize: --lines and --decode are both given (--decode takes one list of ids)");
    const Tokenizer tokenizer = ModelFiles::open(o->model)->tokenizer();
    std::string input = o->ids.empty() ? readTextFile(o->file) : o->ids;
    if (o->decode) {
      while (!input.empty() && input.back() == '\n')
        input.pop_back();
      const std::string text = tokenizer.decode(parseIds(input), SpecialTokens::Keep);
      return o->json ? print({{"text", text}}) : fmt::print("{}\n", text);
    }
    if (o->lines) {
      const std::vector<std::vector<int32_t>> texts = encodeLines(tokenizer, o->file, input);
      if (o->json)
        return print({{"ids", texts}});
      for (const std::vector<int32_t> &ids : texts)
        fmt::print("{}\n", fmt::join(ids, ","));
      return;
    }
    const std::vector<int32_t> ids = tokenizer.encode(input);
    o->json ? print({{"ids", ids}}) : fmt::print("{}\n", fmt::join(ids, ","));
  });
}

} // namespace mase::cli
