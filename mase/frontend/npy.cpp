// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/npy.h"

#include "mase/frontend/json.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <cassert>
#include <charconv>
#include <cstring>
#include <fmt/ranges.h>

namespace mase {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

/// The header is the text of a Python dictionary; NumPy writes its three entries in one fixed way.
struct Header {
  std::string_view file, text;

  /// What stands behind `'key': `.
  std::string_view valueOf(std::string_view key) const {
    std::string quoted = fmt::format("'{}': ", key);
    size_t at = text.find(quoted);
    if (at == std::string_view::npos)
      fail("{}: the header {} has no '{}'", file, inQuotes(text), key);
    return text.substr(at + quoted.size());
  }

  std::vector<int64_t> shape() const {
    std::string_view rest = valueOf("shape");
    std::vector<int64_t> sizes;
    bool good = rest.starts_with('(');
    for (rest.remove_prefix(good); good && !rest.starts_with(')');) {
      int64_t size = -1;
      auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
      rest.remove_prefix(static_cast<size_t>(end - rest.data()));
      good = error == std::errc() && size >= 0 && (rest.starts_with(')') || rest.starts_with(','));
      while (rest.starts_with(',') || rest.starts_with(' '))
        rest.remove_prefix(1);
      sizes.push_back(size);
    }
    if (!good)
      fail("{}: the header {} has a shape that cannot be read", file, inQuotes(text));
    return sizes;
  }
};

} // namespace

NpyArray parseNpy(std::string_view file, std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < 10)
    fail("{}: is not a .npy file", file);
  auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(bytes[i])); };
  size_t version = byte(6), lengthBytes = version == 1 ? 2 : 4, length = 0;
  if (version != 1 && version != 2)
    fail("{}: has .npy version {} (read: 1 and 2)", file, version);
  size_t begin = 8 + lengthBytes;
  for (size_t i = begin; i-- > 8;)
    length = length << 8 | (i < bytes.size() ? byte(i) : 0xFF);
  if (begin + length > bytes.size())
    fail("{}: ends inside its header", file);

  Header header{file, bytes.substr(begin, length)};
  if (!header.valueOf("descr").starts_with("'<f4'"))
    fail("{}: the header {} is not of float32 (read: '<f4')", file, inQuotes(header.text));
  if (!header.valueOf("fortran_order").starts_with("False"))
    fail("{}: is in column-major order (numpy.ascontiguousarray mends that)", file);
  NpyArray array{header.shape(), {}};
  std::string_view data = bytes.substr(begin + length);
  size_t needed = sizeof(float);
  bool fits = true;
  for (int64_t size : array.shape)
    fits = fits && !__builtin_mul_overflow(needed, static_cast<size_t>(size), &needed);
  if (!fits || needed != data.size())
    fail("{}: holds {} bytes of data, not what its shape ({}) needs", file, data.size(), fmt::join(array.shape, ", "));
  array.values.resize(needed / sizeof(float));
  if (needed > 0)
    std::memcpy(array.values.data(), data.data(), needed);
  return array;
}

NpyArray readNpy(const std::filesystem::path &file) { return parseNpy(file.string(), readTextFile(file)); }

std::string npyBytes(const NpyArray &array) {
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}{}), }}",
                                   fmt::join(array.shape, ", "), array.shape.size() == 1 ? "," : "");
  // Data begins at a multiple of 64 bytes; the header ends with a line feed.
  while ((magic.size() + 4 + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  assert(header.size() < 0x10000);
  std::string bytes(magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  bytes += header;
  bytes.append(reinterpret_cast<const char *>(array.values.data()), array.values.size() * sizeof(float));
  return bytes;
}

} // namespace mase
