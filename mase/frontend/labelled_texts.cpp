// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/labelled_texts.h"

#include "mase/frontend/json.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <algorithm>
#include <charconv>

namespace mase {
namespace {

/// The first line of `text`, which loses it; a carriage return in front of the line's end goes.
std::string_view takeLine(std::string_view &text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

std::string_view withoutSpaces(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

class Lines {
public:
  Lines(const Tokenizer &tokenizer, std::string file, int64_t classes, int64_t maxPositions)
      : tokenizer_(tokenizer), file_(std::move(file)), classes_(classes), maxPositions_(maxPositions) {}

  void add(std::string_view line, int64_t number) {
    const size_t tab = line.find('\t');
    int64_t label = -1;
    if (tab != std::string_view::npos) {
      const char *begin = line.data() + tab + 1, *end = line.data() + line.size();
      if (std::from_chars(begin, end, label).ptr != end || begin == end)
        label = -1;
    }
    if (label < 0 || label >= classes_)
      fail("{}:{}: {} does not end in a tab and a class of the model (0 to {})", file_, number, inQuotes(line),
           classes_ - 1);
    const std::string_view text = withoutSpaces(line.substr(0, tab));
    if (text.empty())
      fail("{}:{}: the text is empty (a sentence, a tab and its class)", file_, number);
    texts.ids.push_back(encoded(text, number));
    texts.labels.push_back(static_cast<int32_t>(label));
    texts.longest = std::max(texts.longest, static_cast<int64_t>(texts.ids.back().size()));
  }

  LabelledTexts texts;

private:
  std::vector<int32_t> encoded(std::string_view text, int64_t number) const {
    std::vector<int32_t> ids;
    try {
      ids = tokenizer_.encode(text);
    } catch (const InputError &error) {
      fail("{}:{}: {}", file_, number, error.what());
    }
    if (ids.empty() || std::ssize(ids) > maxPositions_)
      fail("{}:{}: the text has {} tokens (1 to {})", file_, number, ids.size(), maxPositions_);
    return ids;
  }

  const Tokenizer &tokenizer_;
  std::string file_;
  int64_t classes_, maxPositions_;
};

} // namespace

LabelledTexts readLabelledTexts(const Tokenizer &tokenizer, const std::filesystem::path &file, int64_t classes,
                                int64_t maxPositions) {
  const std::string content = readTextFile(file);
  std::string_view rest = content;
  const std::string_view heading = takeLine(rest);
  if (heading != "sentence\tlabel" && heading != "text\tlabel")
    fail("{}: the first line is {} (\"sentence\", a tab and \"label\", as GLUE has it)", file.string(),
         inQuotes(heading));
  Lines lines(tokenizer, file.string(), classes, maxPositions);
  for (int64_t number = 2; !rest.empty(); ++number)
    lines.add(takeLine(rest), number);
  if (lines.texts.ids.empty())
    fail("{}: holds no text (a sentence, a tab and its class in each line)", file.string());
  return std::move(lines.texts);
}

} // namespace mase
