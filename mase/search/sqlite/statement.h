// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A SQLite database and its prepared statements, as far as the study storage needs them.
///
/// Errors  InputError with the file's name and SQLite's own words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace mase {

class Database {
public:
  /// Opens or creates `file`.
  explicit Database(std::string file);
  ~Database();
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;

  /// Runs statements that give no rows and take no parameters.
  void run(const std::string &sql);
  int64_t lastRowId() const;
  const std::string &file() const { return file_; }
  /// Throws what SQLite last complained of.
  [[noreturn]] void complain() const;

private:
  friend class Statement;
  friend class Transaction;
  std::string file_;
  sqlite3 *handle_ = nullptr;
};

/// A prepared statement: bind all parameters in order, step through the rows, then it can be bound anew.
class Statement {
public:
  Statement(Database &database, const std::string &sql);
  ~Statement();
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  /// Binds the next parameter.
  Statement &bind(int64_t value);
  Statement &bind(double value);
  Statement &bind(const std::string &value);
  Statement &bindNull();
  /// Whether there is another row; resets the statement after the last one.
  bool step();
  /// Runs a statement that gives no rows.
  void run();

  int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool isNull(int column) const;

private:
  Database &database_;
  sqlite3_stmt *statement_ = nullptr;
  int bound_ = 0;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back unless committed.
class Transaction {
public:
  explicit Transaction(Database &database);
  ~Transaction();
  Transaction(const Transaction &) = delete;
  Transaction &operator=(const Transaction &) = delete;
  void commit();

private:
  Database &database_;
  bool open_ = true;
};

} // namespace mase
