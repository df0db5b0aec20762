// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/sqlite/statement.h"

#include "mase/support/error.h"

#include <sqlite3.h>

namespace mase {

Database::Database(std::string file) : file_(std::move(file)) {
  if (sqlite3_open(file_.c_str(), &handle_) != SQLITE_OK) {
    std::string reason = sqlite3_errmsg(handle_);
    sqlite3_close(handle_);
    fail("{}: cannot be opened as a study: {}", file_, reason);
  }
  sqlite3_busy_timeout(handle_, 10'000);
}

Database::~Database() { sqlite3_close(handle_); }

void Database::complain() const { fail("{}: SQLite says: {}", file_, sqlite3_errmsg(handle_)); }

void Database::run(const std::string &sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    complain();
}

int64_t Database::lastRowId() const { return sqlite3_last_insert_rowid(handle_); }

Statement::Statement(Database &database, const std::string &sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle_, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
    database.complain();
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement &Statement::bind(int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Statement &Statement::bind(double value) {
  sqlite3_bind_double(statement_, ++bound_, value);
  return *this;
}

Statement &Statement::bind(const std::string &value) {
  sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement &Statement::bindNull() {
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

bool Statement::step() {
  int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW)
    return true;
  if (status != SQLITE_DONE)
    database_.complain();
  sqlite3_reset(statement_);
  bound_ = 0;
  return false;
}

void Statement::run() {
  while (step())
    ;
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Statement::text(int column) const {
  auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement_, column));
  return text ? std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

bool Statement::isNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Transaction::Transaction(Database &database) : database_(database) { database.run("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (open_)
    sqlite3_exec(database_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

} // namespace mase
