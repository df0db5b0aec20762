// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The records of a data set, one a line: JSON objects (JSONL), or the lines of a table with tabs between its columns
/// and their names in the first line (files that end in .tsv).
///
/// Cells of a table are texts, without the spaces at their ends. Lines without anything are passed over.
#pragma once

#include "mase/frontend/json.h"

#include <filesystem>
#include <vector>

namespace mase {

struct DataRecord {
  std::string place; // "FILE:LINE"
  Json value;        // an object
  JsonObject object() const { return {place, value}; }
};

/// `most` records at most; 0: all.
/// Errors  InputError with file and line: not JSON or no object, a row of another number of cells, columns of one name,
///         text that is not UTF-8; a file without records.
std::vector<DataRecord> readRecords(const std::filesystem::path &file, int64_t most = 0);

} // namespace mase
