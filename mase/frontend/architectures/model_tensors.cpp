// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/model_tensors.h"

#include "mase/frontend/json.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/weight/weight_ir.h"
#include "mase/support/error.h"

#include <algorithm>
#include <map>
#include <set>

namespace mase {
namespace {

/// For each linear that reads another module's weight: the name its own would have, and the one it has.
std::map<std::string, std::string> tiedWeights(mlir::ModuleOp model) {
  std::map<std::string, std::string> tied;
  model.walk([&](ir::LinearOp linear) {
    auto weight = linear.getWeight().getDefiningOp<ir::WeightOp>();
    const std::string own = linear.getModule().str() + ".weight";
    if (weight && weight.getName() != own && ir::viewOf(weight).isPlain())
      tied[own] = weight.getName().str();
  });
  return tied;
}

/// Some checkpoints hold a tied head beside the embedding: harmless as long as it is the embedding.
bool isCopy(const Tensor &tensor, const Tensor *source) {
  return source && tensor.dtype == source->dtype && tensor.shape == source->shape &&
         std::ranges::equal(tensor.bytes, source->bytes);
}

void checkTensor(const std::string &file, const std::string &name, std::span<const int64_t> shape,
                 const Tensor *found) {
  if (!found)
    fail("{}: tensor {} ({}) is missing", file, name, shapeText(shape));
  if (!std::ranges::equal(found->shape, shape))
    fail("{}: tensor {} is {}, but the config needs {}", found->file, name, shapeText(found->shape), shapeText(shape));
  if (found->dtype == Dtype::NotFloat)
    fail("{}: weight {} has dtype {} (read: F32, F16, BF16)", found->file, name, found->dtypeName);
}

} // namespace

void checkTensors(mlir::ModuleOp model, std::span<const std::string> derived, const TensorTable &table) {
  if (table.tensors().empty())
    fail("the model's weights: there is no tensor at all");
  const std::string file = table.tensors().front().file;
  std::set<std::string> expected;
  model.walk([&](ir::WeightOp weight) {
    const std::string name = weight.getName().str();
    checkTensor(file, name, ir::viewOf(weight).stored, table.find(name));
    expected.insert(name);
  });
  const std::map<std::string, std::string> tied = tiedWeights(model);
  for (const Tensor &tensor : table.tensors()) {
    const auto copied = tied.find(tensor.name);
    const bool isDerived =
        std::ranges::any_of(derived, [&](const std::string &suffix) { return tensor.name.ends_with(suffix); });
    if (!expected.contains(tensor.name) && !isDerived &&
        (copied == tied.end() || !isCopy(tensor, table.find(copied->second))))
      fail("{}: tensor {} ({}) has no place in the model that the config describes", tensor.file, inQuotes(tensor.name),
           shapeText(tensor.shape));
  }
}

} // namespace mase
