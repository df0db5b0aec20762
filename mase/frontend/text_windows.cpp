// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/text_windows.h"

#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <numeric>

namespace mase {

TextWindows::TextWindows(std::string_view source, std::vector<int32_t> ids, std::vector<int32_t> bytes, int64_t context)
    : context_(context) {
  assert(context >= 1 && ids.size() == bytes.size());
  auto size = static_cast<int64_t>(ids.size());
  count_ = size < 1 ? 0 : (size - 1) / context; // a window's last target is one id behind its inputs
  if (count_ == 0)
    fail("{}: {} tokens are too short for one window (context {} needs {})", source, size, context, context + 1);
  text_ = std::make_shared<const Text>(Text{std::string(source), std::move(ids), std::move(bytes)});
}

int64_t TextWindows::targetBytes() const {
  auto begin = text_->bytes.begin() + first_ * context_ + 1;
  return std::accumulate(begin, begin + count_ * context_, int64_t{0});
}

TextWindows TextWindows::slice(int64_t begin, int64_t end) const {
  assert(0 <= begin && begin <= end && end <= count_);
  TextWindows part = *this;
  part.first_ += begin;
  part.count_ = end - begin;
  return part;
}

TextWindows TextWindows::searchPart() const {
  if (count_ < 3)
    fail("{}: {} windows are too few to search on a third of them (at least 3: a longer text or a shorter context)",
         text_->source, count_);
  return slice(0, count_ / 3);
}

TextWindows TextWindows::reportPart() const { return slice(count_ / 3, count_); }

TextWindows readTextWindows(const Tokenizer &tokenizer, const std::filesystem::path &path, int64_t context) {
  std::string file = path.string();
  std::string text = readTextFile(path);
  if (text.empty())
    fail("{}: is empty", file);
  std::vector<int32_t> ids;
  try {
    ids = tokenizer.encode(text);
  } catch (const InputError &error) {
    fail("{}: cannot be encoded: {}", file, error.what());
  }
  std::vector<int32_t> bytes;
  bytes.reserve(ids.size());
  for (int32_t id : ids)
    bytes.push_back(static_cast<int32_t>(tokenizer.bytesOf(id).size()));
  // What the template adds stands for no text.
  std::fill_n(bytes.begin(), tokenizer.prefix().size(), 0);
  std::fill_n(bytes.rbegin(), tokenizer.suffix().size(), 0);
  return {file, std::move(ids), std::move(bytes), context};
}

} // namespace mase
