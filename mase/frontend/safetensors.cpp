// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/safetensors.h"

#include "mase/frontend/json.h"
#include "mase/frontend/packed_weights.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/ranges.h>

namespace mase {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are used where they lie, little-endian");

/// The reference implementation's own limit.
constexpr uint64_t longestHeader = 100'000'000;

struct DtypeRow {
  const char *name;
  int bits;
  Dtype dtype;
};
constexpr DtypeRow dtypeRows[] = {{"F32", 32, Dtype::F32},
                                  {"F16", 16, Dtype::F16},
                                  {"BF16", 16, Dtype::BF16},
                                  {"F64", 64, Dtype::NotFloat},
                                  {"I64", 64, Dtype::NotFloat},
                                  {"U64", 64, Dtype::NotFloat},
                                  {"C64", 64, Dtype::NotFloat},
                                  {"I32", 32, Dtype::NotFloat},
                                  {"U32", 32, Dtype::NotFloat},
                                  {"I16", 16, Dtype::NotFloat},
                                  {"U16", 16, Dtype::NotFloat},
                                  {"I8", 8, Dtype::NotFloat},
                                  {"U8", 8, Dtype::NotFloat},
                                  {"BOOL", 8, Dtype::NotFloat},
                                  {"F8_E4M3", 8, Dtype::NotFloat},
                                  {"F8_E5M2", 8, Dtype::NotFloat},
                                  {"F8_E8M0", 8, Dtype::NotFloat},
                                  {"F8_E4M3FNUZ", 8, Dtype::NotFloat},
                                  {"F8_E5M2FNUZ", 8, Dtype::NotFloat},
                                  {"F6_E2M3", 6, Dtype::NotFloat},
                                  {"F6_E3M2", 6, Dtype::NotFloat},
                                  {"F4", 4, Dtype::NotFloat}};

const DtypeRow *findDtype(const std::string &name) {
  auto row = std::find_if(std::begin(dtypeRows), std::end(dtypeRows), [&](auto &r) { return name == r.name; });
  return row == std::end(dtypeRows) ? nullptr : row;
}

/// One entry of the header, checked by itself; its bytes are cut out of `data`.
Tensor readEntry(const std::string &file, const std::string &name, const Json &value, std::span<const std::byte> data) {
  JsonObject entry(file, value, inQuotes(name) + ".");
  for (auto &[key, member] : value.items())
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      fail("{}: tensor {} has an unknown member {} (known: dtype, shape, data_offsets)", file, inQuotes(name),
           inQuotes(key));

  Tensor tensor;
  tensor.name = name;
  tensor.file = file;
  tensor.dtypeName = entry.text("dtype");
  const DtypeRow *row = findDtype(tensor.dtypeName);
  if (!row)
    fail("{}: tensor {} has an unknown dtype {}", file, inQuotes(name), inQuotes(tensor.dtypeName));
  tensor.dtype = row->dtype;

  // No file is larger; below that, offsets subtract without overflow.
  constexpr int64_t most = int64_t{1} << 48;
  auto sizes = [&](const char *key) {
    std::vector<int64_t> numbers;
    for (const Json &number : entry.array(key)) {
      if (!number.is_number_unsigned() || number.get<uint64_t>() > static_cast<uint64_t>(most))
        fail("{}: {} holds {}, not a size", file, entry.nameOf(key), inQuotes(number.dump()));
      numbers.push_back(number.get<int64_t>());
    }
    return numbers;
  };
  tensor.shape = sizes("shape");
  int64_t bits = row->bits;
  for (int64_t size : tensor.shape)
    if (__builtin_mul_overflow(bits, size, &bits))
      fail("{}: tensor {} of shape {} is too large", file, inQuotes(name), shapeText(tensor.shape));
  tensor.elements = bits / row->bits;
  if (bits % 8 != 0)
    fail("{}: tensor {} of shape {} is {} bits, no whole bytes", file, inQuotes(name), shapeText(tensor.shape), bits);

  std::vector<int64_t> offsets = sizes("data_offsets");
  if (offsets.size() != 2)
    fail("{}: tensor {} has {} data_offsets (2: begin and end)", file, inQuotes(name), offsets.size());
  auto [begin, end] = std::pair(offsets[0], offsets[1]);
  if (begin > end || end > static_cast<int64_t>(data.size()))
    fail("{}: tensor {} has data_offsets [{}, {}] outside the file's {} bytes of data (is the file truncated?)", file,
         inQuotes(name), begin, end, data.size());
  if (end - begin != bits / 8)
    fail("{}: tensor {} has {} bytes, but {} of shape {} needs {}", file, inQuotes(name), end - begin, tensor.dtypeName,
         shapeText(tensor.shape), bits / 8);
  tensor.bytes = data.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  return tensor;
}

/// The tensors must cover the data exactly: a hole or an overlap says that the header is not the data's.
void checkCover(const std::string &file, std::span<const Tensor> tensors, std::span<const std::byte> data) {
  std::vector<const Tensor *> order;
  for (const Tensor &tensor : tensors)
    order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](auto *a, auto *b) {
    return std::pair(a->bytes.data(), a->bytes.size()) < std::pair(b->bytes.data(), b->bytes.size());
  });
  const std::byte *reached = data.data();
  for (const Tensor *tensor : order) {
    if (tensor->bytes.data() < reached)
      fail("{}: tensor {} overlaps another", file, inQuotes(tensor->name));
    if (tensor->bytes.data() > reached)
      fail("{}: {} bytes in front of tensor {} belong to no tensor", file, tensor->bytes.data() - reached,
           inQuotes(tensor->name));
    reached += tensor->bytes.size();
  }
  if (reached != data.data() + data.size())
    fail("{}: the last {} bytes belong to no tensor", file, data.data() + data.size() - reached);
}

std::map<std::string, std::string> readMetadata(const std::string &file, const Json &value) {
  JsonObject metadata(file, value, "__metadata__.");
  std::map<std::string, std::string> texts;
  for (auto &[key, member] : value.items())
    texts[key] = metadata.text(key.c_str());
  return texts;
}

} // namespace

void TensorTable::add(const std::filesystem::path &path) {
  const std::string file = path.string();
  std::span<const std::byte> bytes = files_.emplace_back(path).bytes();
  uint64_t length = 0;
  if (bytes.size() < sizeof length)
    fail("{}: is too short for a safetensors file ({} bytes)", file, bytes.size());
  std::memcpy(&length, bytes.data(), sizeof length);
  bytes = bytes.subspan(sizeof length);
  if (length > bytes.size() || length > longestHeader)
    fail("{}: says that its header has {} bytes, but {} follow (is the file truncated, or no safetensors file?)", file,
         length, bytes.size());
  std::span<const std::byte> data = bytes.subspan(length);
  Json header = parseJson(file, {reinterpret_cast<const char *>(bytes.data()), length});
  JsonObject checked(file, header);

  std::vector<Tensor> tensors;
  std::map<std::string, std::string> metadata;
  for (auto &[name, value] : header.items()) {
    if (name == "__metadata__")
      metadata = readMetadata(file, value);
    else
      tensors.push_back(readEntry(file, name, value, data));
  }
  checkCover(file, tensors, data);
  joinPackedWeights(file, metadata, tensors);
  std::move(tensors.begin(), tensors.end(), std::back_inserter(tensors_));
}

void TensorTable::sortAndCheckUnique() {
  std::sort(tensors_.begin(), tensors_.end(), [](auto &a, auto &b) { return a.name < b.name; });
  auto twice = std::adjacent_find(tensors_.begin(), tensors_.end(), [](auto &a, auto &b) { return a.name == b.name; });
  if (twice != tensors_.end())
    fail("{}: tensor {} is also in {}", twice[0].file, inQuotes(twice->name), twice[1].file);
}

void TensorTable::rename(const std::function<std::string(const std::string &name)> &newName) {
  for (Tensor &tensor : tensors_)
    tensor.name = newName(tensor.name);
  sortAndCheckUnique();
}

const Tensor *TensorTable::find(std::string_view name) const {
  auto tensor = std::lower_bound(tensors_.begin(), tensors_.end(), name,
                                 [](const Tensor &a, std::string_view b) { return a.name < b; });
  return tensor == tensors_.end() || tensor->name != name ? nullptr : &*tensor;
}

TensorTable TensorTable::openFile(const std::filesystem::path &file) {
  TensorTable table;
  table.add(file);
  table.sortAndCheckUnique();
  return table;
}

TensorTable TensorTable::of(std::vector<Tensor> tensors, std::shared_ptr<const void> memory) {
  TensorTable table;
  table.tensors_ = std::move(tensors);
  table.memory_ = std::move(memory);
  table.sortAndCheckUnique();
  return table;
}

int dtypeBits(std::string_view name) {
  const DtypeRow *row = findDtype(std::string(name));
  return row ? row->bits : 0;
}

std::string shapeText(std::span<const int64_t> shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

} // namespace mase
