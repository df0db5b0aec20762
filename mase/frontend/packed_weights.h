// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Weights that a safetensors file holds as codes of a format, in the layout of docs/checkpoints.md.
///
/// The tensor of the weight's name holds the elements, NAME_scale the scales, NAME_scale_2 the second-level ones;
/// `__metadata__` says which format they are in. A TensorTable shows the three as one tensor of the weight's shape,
/// whose dtype is Packed, and toFloat() decodes it. Where the bytes lie is checked when the file is opened, what they
/// say when they are decoded.
#pragma once

#include "mase/formats/encoded_matrix.h"
#include "mase/frontend/safetensors.h"

#include <map>

namespace mase {

class Format;

/// The codes of one weight; Tensor::bytes are the elements.
struct PackedWeight {
  const Format *format = nullptr;
  EncodedShape shape;
  std::span<const std::byte> scales, outer;
};

/// One stored tensor of a weight: what its dtype and shape are, and how many bytes it takes.
struct StoredPart {
  std::string suffix; ///< behind the weight's name
  std::string dtype;
  std::vector<int64_t> shape;
  int64_t bytes = 0;
};

/// Whether weights in that format can be stored; else why not, for an error.
std::string whyNotStorable(const Format &format);

/// The tensors that a weight of that shape takes in that format: elements first, then scales where there are any.
std::vector<StoredPart> storedParts(const Format &format, int64_t rows, int64_t cols);
/// The codes that a part holds.
const PackedCodes &storedCodes(const EncodedMatrix &codes, const StoredPart &part);
/// What `__metadata__` says of a weight, as keys and values to be added.
std::map<std::string, std::string> storedMetadata(const std::string &name, const Format &format, int64_t rows,
                                                  int64_t cols);

/// Makes one tensor of the parts of each weight that `metadata` gives a format. `tensors` are those of one file.
/// Errors  InputError: a format that does not exist or cannot be stored, parts that are missing or of another size.
void joinPackedWeights(const std::string &file, const std::map<std::string, std::string> &metadata,
                       std::vector<Tensor> &tensors);

/// The codes of a weight, copied out of the file.
EncodedMatrix readCodes(const Tensor &tensor);

/// Writes the values of a weight that is packed to `out` (rows x cols).
/// Errors  InputError: a code that the format never makes, a value that is no number.
void decodeWeight(const Tensor &tensor, float *out);

} // namespace mase
