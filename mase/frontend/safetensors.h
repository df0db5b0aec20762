// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Weights in the safetensors format, mapped into memory: opening a model copies no tensor and reads only headers.
///
/// Every header is checked before a tensor is handed out: sizes agree with shapes, tensors neither overlap nor leave
/// holes nor pass the end of the file, names are unique over all shards, an index stays inside its folder. What other
/// readers accept in silence (NaN weights, integer weights, duplicate entries) is an error: docs/import.md has the
/// list. Source  the format: https://github.com/huggingface/safetensors#format
#pragma once

#include "mase/support/mapped_file.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mase {

/// Packed: codes of a format (packed_weights.h). Blocks: what `decode` of the tensor makes of it (gguf/).
enum class Dtype { F32, F16, BF16, Packed, Blocks, NotFloat };

struct PackedWeight;

/// A tensor that lies in a mapped file, row-major, little-endian.
struct Tensor {
  std::string name;
  std::string file;      ///< the file that holds it, for errors
  std::string dtypeName; ///< as the file has it: "BF16"
  Dtype dtype = Dtype::NotFloat;
  std::vector<int64_t> shape; ///< empty for a scalar
  int64_t elements = 0;
  std::shared_ptr<const PackedWeight> packed; ///< of a packed one: its format, its scales
  std::function<void(float *)> decode;        ///< of Blocks: writes all elements
  std::span<const std::byte> bytes;           ///< valid while the TensorTable lives; not always aligned
};

/// The tensors of a model, by name. Movable; tensors stay where they are.
class TensorTable {
public:
  /// One file.
  static TensorTable openFile(const std::filesystem::path &file);
  /// The files that an index (`*.safetensors.index.json`) names; they must stand beside it.
  static TensorTable openIndex(const std::filesystem::path &index);

  /// Tensors of another container, which `memory` keeps mapped. Errors  InputError: two of one name.
  static TensorTable of(std::vector<Tensor> tensors, std::shared_ptr<const void> memory);

  /// The tensor of that name, or nullptr. Logarithmic.
  const Tensor *find(std::string_view name) const;
  /// Gives every tensor the name that `newName` makes of its own; errors name it so from then on.
  void rename(const std::function<std::string(const std::string &name)> &newName);
  /// All tensors, by name.
  std::span<const Tensor> tensors() const { return tensors_; }

private:
  void add(const std::filesystem::path &file);
  void sortAndCheckUnique();

  std::vector<MappedFile> files_;
  std::shared_ptr<const void> memory_;
  std::vector<Tensor> tensors_;
};

/// Opens `modelDir`/model.safetensors, or the shards of model.safetensors.index.json. Errors InputError.
/// Cost  headers only: milliseconds, whatever the size of the weights.
TensorTable openSafetensors(const std::filesystem::path &modelDir);

/// Writes the tensor's elements to `out` (tensor.elements floats) as fp32, exactly.
/// Errors  InputError when the tensor is not f32, f16, bf16 or packed, or holds a NaN or an infinity (names the
/// element).
/// Thread-safe. Cost  one pass at memory speed.
void toFloat(const Tensor &tensor, float *out);

/// Bits of an element of that dtype; 0 when safetensors has none of that name.
int dtypeBits(std::string_view name);

/// "2x3", or "scalar".
std::string shapeText(std::span<const int64_t> shape);

} // namespace mase
