// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/toml_document.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/nearest_name.h"

#include <algorithm>
#include <cmath>

namespace mase {
namespace {

std::string position(const std::string &file, const toml::source_region &source) {
  return fmt::format("{}:{}:{}", file, source.begin.line, source.begin.column);
}

toml::table parse(const std::filesystem::path &path) {
  std::string text = readTextFile(path);
  try {
    return toml::parse(text, path.string());
  } catch (const toml::parse_error &error) {
    fail("{}: not TOML: {}", position(path.string(), error.source()), error.description());
  }
}

} // namespace

TomlDocument::TomlDocument(const std::filesystem::path &path) : path_(path), table_(parse(path)) {}

std::string TomlTable::where(std::string_view key) const {
  const toml::node *node = key.empty() ? nullptr : table_->get(key);
  const toml::source_region &source = node ? node->source() : table_->source();
  // The table of a whole file has no place of its own in some versions of the parser.
  return source.begin.line ? position(file_, source) : file_ + ":1:1";
}

const toml::node &TomlTable::need(const std::string &key) {
  known_.push_back(key);
  const toml::node *node = table_->get(key);
  if (!node)
    fail("{}: key '{}' is missing{}", where(), key, name_.empty() ? "" : " in [" + name_ + "]");
  return *node;
}

std::string TomlTable::text(const std::string &key) {
  const toml::node &node = need(key);
  if (!node.is_string())
    fail("{}: '{}' is not a text (write \"...\")", where(key), key);
  return **node.as_string();
}

int64_t TomlTable::integer(const std::string &key, int64_t least, int64_t most) {
  const toml::node &node = need(key);
  int64_t value = node.is_integer() ? **node.as_integer() : least - 1;
  if (value < least || value > most)
    fail("{}: '{}' is not a whole number from {} to {}", where(key), key, least, most);
  return value;
}

double TomlTable::number(const std::string &key) {
  const toml::node &node = need(key);
  if (!node.is_number() || !std::isfinite(*node.value<double>()))
    fail("{}: '{}' is not a number", where(key), key);
  return *node.value<double>();
}

TomlTable TomlTable::table(const std::string &key) {
  const toml::node &node = need(key);
  if (!node.is_table())
    fail("{}: '{}' is not a table (write [{}])", where(key), key, key);
  return {*node.as_table(), file_, name_.empty() ? key : name_ + "." + key};
}

const toml::array &TomlTable::array(const std::string &key) {
  const toml::node &node = need(key);
  if (!node.is_array())
    fail("{}: '{}' is not a list (write [...])", where(key), key);
  return *node.as_array();
}

std::vector<TomlTable> TomlTable::tables(const std::string &key) {
  std::vector<TomlTable> result;
  for (const toml::node &node : array(key)) {
    if (!node.is_table())
      fail("{}: '{}' holds something that is not a table", position(file_, node.source()), key);
    result.emplace_back(*node.as_table(), file_, key);
  }
  return result;
}

std::vector<std::string> TomlTable::texts(const std::string &key) {
  std::vector<std::string> result;
  for (const toml::node &node : array(key)) {
    if (!node.is_string())
      fail("{}: '{}' holds something that is not a text", position(file_, node.source()), key);
    result.push_back(**node.as_string());
  }
  return result;
}

std::vector<double> TomlTable::numbers(const std::string &key) {
  std::vector<double> result;
  for (const toml::node &node : array(key)) {
    if (!node.is_number() || !std::isfinite(*node.value<double>()))
      fail("{}: '{}' holds something that is not a number", position(file_, node.source()), key);
    result.push_back(*node.value<double>());
  }
  return result;
}

void TomlTable::refuseOthers() const {
  for (const auto &[key, node] : *table_) {
    std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      fail("{}: unknown key '{}' ({})", position(file_, key.source()), name, nameHint(name, known_));
  }
}

} // namespace mase
