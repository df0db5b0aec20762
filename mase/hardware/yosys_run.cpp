// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/yosys_run.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

std::string quoted(const std::string &text) {
  std::string result = "'";
  for (char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// Two independent 64-bit walks: 128 bits of name for a content.
std::string contentName(const std::string &content) {
  uint64_t a = 1, b = 2;
  for (unsigned char c : content) {
    a = mix(a ^ c);
    b = mix(b + c);
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

fs::path cacheFolder(const fs::path &cache) {
  if (!cache.empty())
    return cache;
  if (const char *home = std::getenv("XDG_CACHE_HOME"); home && *home)
    return fs::path(home) / "mase/yosys";
  const char *home = std::getenv("HOME");
  return fs::path(home ? home : ".") / ".cache/mase/yosys";
}

std::string lastLine(const std::string &text) {
  size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos)
    return "no message";
  size_t begin = text.find_last_of('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return text.substr(begin, end + 1 - begin);
}

} // namespace

std::string yosysVersion(const std::string &yosys) {
  std::string version;
  FILE *pipe = popen((quoted(yosys) + " -V 2>/dev/null").c_str(), "r");
  if (!pipe)
    return version;
  for (int c = std::fgetc(pipe); c != EOF && c != '\n'; c = std::fgetc(pipe))
    version += static_cast<char>(c);
  int status = pclose(pipe);
  return status == 0 ? version : "";
}

std::string requiredYosysVersion(const std::string &yosys) {
  const std::string version = yosysVersion(yosys);
  if (version.empty())
    fail("{}: no such program (Yosys synthesises: install it, or leave this step out)", yosys);
  return version;
}

fs::path yosysCacheEntry(const fs::path &cache, const std::string &content) {
  return cacheFolder(cache) / (contentName(content) + ".json");
}

std::string runYosys(const std::string &yosys, const fs::path &entry, const std::string &what,
                     const std::string &script, const std::string &result) {
  fs::path work = entry;
  work += fmt::format(".work-{}", getpid());
  writeFile(work / "run.ys", script);
  const std::string command =
      fmt::format("cd {} && {} -q -s run.ys > log.txt 2>&1", quoted(work.string()), quoted(yosys));
  const int status = std::system(command.c_str());
  const std::string log = readTextFile(work / "log.txt");
  std::string text;
  if (status == 0 && fs::exists(work / result))
    text = readTextFile(work / result);
  std::error_code ignored;
  fs::remove_all(work, ignored);
  if (status != 0)
    fail("{}: Yosys fails: {}", what, lastLine(log));
  return text;
}

} // namespace mase
