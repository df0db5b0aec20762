// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Strict reading of TOML files, devices and tables of formats among them: every fault is reported as FILE:LINE:COLUMN.
///
/// A reader asks for each key it knows and then calls refuseOthers(), so that a misspelt key is an error with the
/// nearest known name, never ignored. A TomlTable refers to its document and must not outlive it.
///
/// Errors  InputError: not TOML, a missing key, a value of another type, an unknown key.
#pragma once

#include <filesystem>
#include <string>
#include <toml++/toml.h>
#include <vector>

namespace mase {

class TomlTable {
public:
  TomlTable(const toml::table &table, std::string file, std::string name)
      : table_(&table), file_(std::move(file)), name_(std::move(name)) {}

  /// FILE:LINE:COLUMN of a key's value, or of the table when the key is absent.
  std::string where(std::string_view key = {}) const;

  bool has(const std::string &key) const { return table_->contains(key); }
  std::string text(const std::string &key);
  /// A whole number in [least, most].
  int64_t integer(const std::string &key, int64_t least, int64_t most);
  /// A finite number, whole or not.
  double number(const std::string &key);
  TomlTable table(const std::string &key);
  /// An array of one kind: of tables (`[[key]]` or inline), of texts, of numbers.
  std::vector<TomlTable> tables(const std::string &key);
  std::vector<std::string> texts(const std::string &key);
  std::vector<double> numbers(const std::string &key);

  /// Reports the first key that nobody asked for.
  void refuseOthers() const;

private:
  const toml::node &need(const std::string &key);
  const toml::array &array(const std::string &key);

  const toml::table *table_;
  std::string file_, name_; // name: as in `[name]`, empty at the top
  std::vector<std::string> known_;
};

class TomlDocument {
public:
  explicit TomlDocument(const std::filesystem::path &path);
  TomlTable root() const { return {table_, path_.string(), ""}; }

private:
  std::filesystem::path path_;
  toml::table table_;
};

} // namespace mase
