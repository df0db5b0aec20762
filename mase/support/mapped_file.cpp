// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/support/mapped_file.h"

#include "mase/support/error.h"

#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mase {

MappedFile::MappedFile(const std::filesystem::path &path) : path_(path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
  struct stat status = {};
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(file);
    fail("{}: is not a regular file", path.string());
  }
  size_ = static_cast<size_t>(status.st_size);
  if (size_ > 0) {
    void *data = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) {
      close(file);
      fail("{}: cannot be mapped: {}", path.string(), std::strerror(errno));
    }
    data_ = static_cast<const std::byte *>(data);
  }
  close(file);
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_)
    munmap(const_cast<std::byte *>(data_), size_);
}

void releasePages(std::span<const std::byte> mapped) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(mapped.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(mapped.data() + mapped.size()) / page * page;
  if (begin < end)
    madvise(reinterpret_cast<void *>(begin), end - begin, MADV_DONTNEED); // a hint: nothing is lost if it fails
}

std::string readTextFile(const std::filesystem::path &path) {
  MappedFile file(path);
  return {reinterpret_cast<const char *>(file.bytes().data()), file.bytes().size()};
}

} // namespace mase
