// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/output.h"

#include "mase/support/error.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

// One name per process: two commands that write one place at once do not share a temporary.
fs::path temporaryName(const fs::path &path) {
  fs::path name = path;
  name += fmt::format(".tmp-{}", getpid());
  return name;
}

fs::path withoutTrailingSlash(const fs::path &path) { return path.has_filename() ? path : path.parent_path(); }

// `shown` is the name that the user gave, where `folder` stands for it.
void createFolder(const fs::path &folder, const fs::path &shown) {
  std::error_code error;
  if (!folder.empty())
    fs::create_directories(folder, error);
  if (error)
    fail("{}: folder cannot be created: {}", shown.string(), error.message());
}

} // namespace

void writeFile(const fs::path &path, std::string_view text) {
  createFolder(path.parent_path(), path.parent_path());
  fs::path temporary = temporaryName(path);
  {
    std::ofstream stream(temporary, std::ios::binary);
    stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    stream.close();
    if (!stream) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
      fail("{}: cannot be written: {}", path.string(), std::strerror(errno));
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fail("{}: cannot be replaced: {}", path.string(), error.message());
  }
}

OutputDirectory::OutputDirectory(const fs::path &path)
    : path_(withoutTrailingSlash(path)), staging_(temporaryName(path_)) {
  if (fs::exists(path_) && !fs::is_directory(path_))
    fail("{}: is a file (a folder is to be written there)", path_.string());
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  createFolder(staging_, path_);
}

OutputDirectory::~OutputDirectory() {
  std::error_code ignored;
  if (!staging_.empty())
    fs::remove_all(staging_, ignored);
}

void OutputDirectory::commit() {
  fs::path old = staging_;
  old += "-old";
  std::error_code error;
  if (fs::exists(path_))
    fs::rename(path_, old, error);
  if (!error)
    fs::rename(staging_, path_, error);
  if (error)
    fail("{}: folder cannot be replaced: {}", path_.string(), error.message());
  fs::remove_all(old, error);
  staging_.clear();
}

} // namespace mase
