// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/storage.h"

#include "mase/search/memory_storage.h"
#include "mase/search/sqlite/sqlite_storage.h"
#include "mase/support/error.h"

namespace mase {

std::unique_ptr<Storage> openStorage(const std::string &url) {
  constexpr std::string_view sqlite = "sqlite:///";
  if (url.empty())
    return std::make_unique<MemoryStorage>();
  if (url.starts_with(sqlite) && url.size() > sqlite.size())
    return std::make_unique<SqliteStorage>(url.substr(sqlite.size()));
  if (url.find("://") != std::string::npos)
    fail("{}: studies are not stored there (sqlite:///FILE, or a file's name)", url);
  return std::make_unique<SqliteStorage>(url);
}

} // namespace mase
