// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/packed_weights.h"

#include "mase/formats/registry.h"
#include "mase/frontend/json.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>

namespace mase {
namespace {

constexpr std::string_view formatKey = "mase.format.", shapeKey = "mase.shape.";
constexpr const char *scaleSuffix = "_scale", *outerSuffix = "_scale_2";

// A tag of the format's own where every row begins on a byte, as readers of such tensors expect; else bytes.
StoredPart part(const char *suffix, std::string_view tag, int64_t rows, int64_t cols, int bits) {
  const int64_t bytes = (rows * cols * bits + 7) / 8;
  if (!tag.empty() && cols * bits % 8 == 0)
    return {suffix, std::string(tag), {rows, cols}, bytes};
  if (cols * bits % 8 == 0)
    return {suffix, "U8", {rows, cols * bits / 8}, bytes};
  return {suffix, "U8", {bytes}, bytes};
}

// "352x128"; none: something else.
std::optional<std::pair<int64_t, int64_t>> parseShape(std::string_view text) {
  int64_t rows = 0, cols = 0;
  const char *end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, rows);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x')
    return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, cols);
  constexpr int64_t most = int64_t{1} << 30;
  if (second.ec != std::errc() || second.ptr != end || rows < 1 || cols < 1 || rows > most || cols > most)
    return std::nullopt;
  return std::pair(rows, cols);
}

const Format &storedFormat(const std::string &file, const std::string &weight, const std::string &name) {
  // Before it is parsed: a checkpoint may not make us read any file that it names.
  if (namesFile(name))
    fail("{}: tensor {} has format {}, which a file beside the checkpoint describes (formats with a name of their own)",
         file, inQuotes(weight), inQuotes(name));
  const Format *format = nullptr;
  try {
    format = &parseFormat(name);
  } catch (const InputError &error) {
    fail("{}: tensor {}: {}", file, inQuotes(weight), error.what());
  }
  if (const std::string reason = whyNotStorable(*format); !reason.empty())
    fail("{}: tensor {}: {}", file, inQuotes(weight), reason);
  return *format;
}

// Codes of one width, drawn from bytes; eight at a time are read where there are as many.
class CodeReader {
public:
  CodeReader(std::span<const std::byte> bytes, int width) : bytes_(bytes), width_(width) {}

  uint32_t get(int64_t index) const {
    const auto bit = static_cast<uint64_t>(index) * static_cast<uint64_t>(width_);
    uint64_t word = 0;
    const size_t at = bit / 8;
    std::memcpy(&word, bytes_.data() + at, std::min<size_t>(sizeof word, bytes_.size() - at));
    return static_cast<uint32_t>(word >> bit % 8 & ((uint64_t{1} << width_) - 1));
  }

private:
  std::span<const std::byte> bytes_;
  int width_;
};

// The first code that `isCode` refuses, or -1. Widths of up to 12 bits look it up.
int64_t firstForeign(std::span<const std::byte> bytes, int width, int64_t count,
                     const std::function<bool(uint32_t)> &isCode) {
  std::vector<bool> known;
  if (width <= 12) {
    for (uint32_t code = 0; code < 1U << width; ++code)
      known.push_back(isCode(code));
    if (std::find(known.begin(), known.end(), false) == known.end())
      return -1;
  }
  const CodeReader codes(bytes, width);
  constexpr int64_t piece = 1 << 16;
  const int64_t pieces = (count + piece - 1) / piece;
  std::vector<int64_t> found(static_cast<size_t>(pieces), -1);
  parallelFor(pieces, [&](int64_t p) {
    for (int64_t i = p * piece; i < std::min((p + 1) * piece, count); ++i) {
      const uint32_t code = codes.get(i);
      if (!(known.empty() ? isCode(code) : known[code])) {
        found[static_cast<size_t>(p)] = i;
        return;
      }
    }
  });
  for (int64_t index : found)
    if (index >= 0)
      return index;
  return -1;
}

void checkCodes(const Tensor &tensor) {
  const Format &format = *tensor.packed->format;
  const EncodedShape &shape = tensor.packed->shape;
  const auto check = [&](const char *what, std::span<const std::byte> bytes, int width, int64_t count, auto isCode) {
    if (const int64_t index = firstForeign(bytes, width, count, isCode); index >= 0)
      fail("{}: tensor {} has a code that {} does not have ({} {} is {:#x})", tensor.file, inQuotes(tensor.name),
           format.name(), what, index, CodeReader(bytes, width).get(index));
  };
  check("element", tensor.bytes, shape.elementBits, shape.rows * shape.cols,
        [&](uint32_t code) { return format.isElementCode(code); });
  check("scale", tensor.packed->scales, shape.scaleBits,
        shape.scaleBits > 0 ? shape.blockRows() * shape.blocksPerRow() : 0,
        [&](uint32_t code) { return format.isScaleCode(code); });
  check("second-level scale", tensor.packed->outer, 32, shape.outers,
        [&](uint32_t code) { return format.isOuterCode(code); });
}

void copyCodes(std::span<const std::byte> bytes, PackedCodes &codes) {
  assert(bytes.size() == codes.bytes().size());
  if (!bytes.empty())
    std::memcpy(codes.data(), bytes.data(), bytes.size());
}

} // namespace

std::string whyNotStorable(const Format &format) {
  if (namesFile(format.name()))
    return fmt::format("format '{}' is described by a file, which a checkpoint does not hold", format.name());
  if (format.isEmulationOnly())
    return fmt::format("format '{}' has values without codes: it is for emulation only", format.name());
  return "";
}

std::vector<StoredPart> storedParts(const Format &format, int64_t rows, int64_t cols) {
  const EncodedShape shape = format.encodedShape(rows, cols);
  std::vector<StoredPart> parts = {part("", format.elementTag(), rows, cols, shape.elementBits)};
  if (shape.scaleBits > 0)
    parts.push_back(part(scaleSuffix, format.scaleTag(), shape.blockRows(), shape.blocksPerRow(), shape.scaleBits));
  if (shape.outers > 0) {
    // A scalar for the tensor, as others have it.
    const std::vector<int64_t> size = shape.outers == 1 ? std::vector<int64_t>{} : std::vector<int64_t>{shape.outers};
    parts.push_back({outerSuffix, "F32", size, 4 * shape.outers});
  }
  return parts;
}

const PackedCodes &storedCodes(const EncodedMatrix &codes, const StoredPart &part) {
  return part.suffix.empty() ? codes.elements : part.suffix == scaleSuffix ? codes.scales : codes.outer;
}

std::map<std::string, std::string> storedMetadata(const std::string &name, const Format &format, int64_t rows,
                                                  int64_t cols) {
  return {{std::string(formatKey) + name, format.name()},
          {std::string(shapeKey) + name, fmt::format("{}x{}", rows, cols)}};
}

void joinPackedWeights(const std::string &file, const std::map<std::string, std::string> &metadata,
                       std::vector<Tensor> &tensors) {
  std::map<std::string, size_t, std::less<>> places;
  for (size_t i = 0; i < tensors.size(); ++i)
    places[tensors[i].name] = i;
  std::vector<size_t> joined;
  for (const auto &[key, value] : metadata) {
    if (key.starts_with(shapeKey) && !metadata.contains(std::string(formatKey) + key.substr(shapeKey.size())))
      fail("{}: __metadata__ has {} without a format ({} is missing)", file, inQuotes(key),
           inQuotes(std::string(formatKey) + key.substr(shapeKey.size())));
    if (!key.starts_with(formatKey))
      continue;
    const std::string name = key.substr(formatKey.size());
    const Format &format = storedFormat(file, name, value);
    const auto shapeText = metadata.find(std::string(shapeKey) + name);
    const auto shape = shapeText == metadata.end() ? std::nullopt : parseShape(shapeText->second);
    if (!shape)
      fail("{}: __metadata__ has no shape for the packed tensor {} ({} = \"ROWSxCOLS\")", file, inQuotes(name),
           inQuotes(std::string(shapeKey) + name));
    auto packed = std::make_shared<PackedWeight>();
    packed->format = &format;
    packed->shape = format.encodedShape(shape->first, shape->second);
    for (const StoredPart &part : storedParts(format, shape->first, shape->second)) {
      const auto place = places.find(name + part.suffix);
      if (place == places.end())
        fail("{}: tensor {} is missing ({} is in {})", file, inQuotes(name + part.suffix), inQuotes(name),
             format.name());
      const Tensor &found = tensors[place->second];
      if (found.dtypeName != part.dtype || found.shape != part.shape)
        fail("{}: tensor {} is {} of shape {}, but {} of shape {}x{} is stored as {} of shape {}", file,
             inQuotes(found.name), found.dtypeName, mase::shapeText(found.shape), format.name(), shape->first,
             shape->second, part.dtype, mase::shapeText(part.shape));
      if (part.suffix == scaleSuffix)
        packed->scales = found.bytes;
      if (part.suffix == outerSuffix)
        packed->outer = found.bytes;
      if (!part.suffix.empty())
        joined.push_back(place->second);
    }
    Tensor &weight = tensors[places.find(name)->second];
    weight.dtype = Dtype::Packed;
    weight.shape = {shape->first, shape->second};
    weight.elements = shape->first * shape->second;
    weight.packed = std::move(packed);
  }
  std::sort(joined.begin(), joined.end(), std::greater<>());
  joined.erase(std::unique(joined.begin(), joined.end()), joined.end());
  for (size_t index : joined)
    tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(index));
}

EncodedMatrix readCodes(const Tensor &tensor) {
  EncodedMatrix codes;
  codes.reset(tensor.packed->shape);
  copyCodes(tensor.bytes, codes.elements);
  copyCodes(tensor.packed->scales, codes.scales);
  copyCodes(tensor.packed->outer, codes.outer);
  return codes;
}

void decodeWeight(const Tensor &tensor, float *out) {
  checkCodes(tensor);
  const EncodedShape &shape = tensor.packed->shape;
  tensor.packed->format->decode(readCodes(tensor), {out, shape.rows, shape.cols});
  for (int64_t i = 0; i < tensor.elements; ++i)
    if (!std::isfinite(out[i]))
      fail("{}: tensor {} ({}) holds a NaN or an infinity at element {}", tensor.file, inQuotes(tensor.name),
           shapeText(tensor.shape), i);
}

} // namespace mase
