// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/records.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <algorithm>
#include <set>

namespace mase {
namespace {

std::string_view takeLine(std::string_view &text) {
  std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

bool isBlank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }

std::vector<std::string> cellsOf(std::string_view line, const std::string &place) {
  if (const size_t at = firstInvalidUtf8(line); at != std::string_view::npos)
    fail("{}: the line is not UTF-8 at byte {}", place, at);
  std::vector<std::string> cells;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = std::min(line.find('\t', begin), line.size());
    const std::string_view cell = line.substr(begin, end - begin);
    const size_t first = cell.find_first_not_of(' ');
    cells.emplace_back(first == std::string_view::npos ? ""
                                                       : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    begin = end + 1;
  }
  return cells;
}

/// What makes records of lines.
class Lines {
public:
  virtual ~Lines() = default;
  /// A record's value, or null where the line is none.
  virtual Json record(std::string_view line, const std::string &place) = 0;
};

class JsonLines final : public Lines {
public:
  Json record(std::string_view line, const std::string &place) override {
    Json value = parseJson(place, line);
    if (!value.is_object())
      fail("{}: is no JSON object (one in each line)", place);
    return value;
  }
};

class TableLines final : public Lines {
public:
  Json record(std::string_view line, const std::string &place) override {
    const std::vector<std::string> cells = cellsOf(line, place);
    if (columns_.empty()) {
      columns_ = cells;
      if (std::set<std::string>(cells.begin(), cells.end()).size() != cells.size())
        fail("{}: two columns have one name (each has its own)", place);
      return nullptr;
    }
    if (cells.size() != columns_.size())
      fail("{}: has {} cells between tabs, its table {} columns (as many)", place, cells.size(), columns_.size());
    Json value = Json::object();
    for (size_t i = 0; i < cells.size(); ++i)
      value[columns_[i]] = cells[i];
    return value;
  }

private:
  std::vector<std::string> columns_;
};

} // namespace

std::vector<DataRecord> readRecords(const std::filesystem::path &file, int64_t most) {
  const std::string content = readTextFile(file);
  JsonLines objects;
  TableLines table;
  Lines &lines = file.extension() == ".tsv" ? static_cast<Lines &>(table) : objects;
  std::vector<DataRecord> records;
  std::string_view rest = content;
  for (int64_t number = 1; !rest.empty() && (most == 0 || std::ssize(records) < most); ++number) {
    const std::string_view line = takeLine(rest);
    if (isBlank(line))
      continue;
    const std::string place = fmt::format("{}:{}", file.string(), number);
    if (Json value = lines.record(line, place); !value.is_null())
      records.push_back({place, std::move(value)});
  }
  if (records.empty())
    fail("{}: holds no record (one in each line)", file.string());
  return records;
}

} // namespace mase
