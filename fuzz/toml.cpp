// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"
#include "mase/frontend/tasks/template_task.h"
#include "mase/runtime/format_config.h"

// What a user writes: the formats of a model, a task.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  using namespace mase;
  fuzz::read([&] { (void)parseFormatConfig(fuzz::textOf(data, size), "formats.toml"); });
  const std::filesystem::path file = fuzz::fileOf(data, size);
  fuzz::read([&] { (void)readTaskFile(file); });
  return 0;
}
