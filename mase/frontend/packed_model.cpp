// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/packed_model.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/frontend/packed_weights.h"
#include "mase/frontend/safetensors_writer.h"
#include "mase/frontend/written_model.h"
#include "mase/ops/cast/cast_ir.h"
#include "mase/ops/linear/linear_ir.h"
#include "mase/ops/weight/weight_ir.h"
#include "mase/support/error.h"
#include "mase/support/output.h"

#include <cmath>

namespace mase {
namespace {
namespace fs = std::filesystem;

// The formats in which `value` is read through casts; null among them: something else than a linear's weight reads it.
void addReaders(mlir::Value value, std::vector<const Format *> &formats) {
  for (mlir::OpOperand &use : value.getUses()) {
    auto linear = mlir::dyn_cast<ir::LinearOp>(use.getOwner());
    if (auto cast = mlir::dyn_cast<ir::CastOp>(use.getOwner()))
      addReaders(cast.getResult(), formats);
    else
      formats.push_back(linear && linear.getWeight() == value ? &ir::formatOf(value) : nullptr);
  }
}

// How one tensor is written: as it is (no format), or as codes.
struct Job {
  const Tensor *tensor = nullptr;
  const Format *format = nullptr;
  std::vector<StoredPart> parts;
};

std::vector<Job> jobsOf(Model &model) {
  const std::map<std::string, const Format *> formats = weightFormats(model.module());
  std::vector<Job> jobs;
  for (const Tensor &tensor : model.tensors().tensors()) {
    const auto found = formats.find(tensor.name);
    Job job = {&tensor, found == formats.end() || found->second == &fp32() ? nullptr : found->second, {}};
    if (job.format) {
      if (const std::string reason = whyNotStorable(*job.format); !reason.empty())
        fail("{}: {}", tensor.name, reason);
      job.parts = storedParts(*job.format, tensor.shape[0], tensor.shape[1]);
    } else if (tensor.packed) {
      job.parts = {{"", "F32", tensor.shape, 4 * tensor.elements}};
    } else {
      job.parts = {{"", tensor.dtypeName, tensor.shape, static_cast<int64_t>(tensor.bytes.size())}};
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

// Formats that no scale fits to the tensor may have infinities, which no reader would accept. `values` is overwritten.
void checkRange(const Job &job, const EncodedMatrix &codes, std::vector<float> &values) {
  job.format->decode(codes, {values.data(), codes.rows, codes.cols});
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail("{}: tensor {} overflows '{}' at element {} (a format of more range)", job.tensor->file, job.tensor->name,
           job.format->name(), i);
}

void writeTensor(const Job &job, SafetensorsWriter &writer) {
  const std::string &name = job.tensor->name;
  const auto write = [&](const std::string &part, const void *data, size_t size) {
    writer.write(part, {static_cast<const std::byte *>(data), size});
  };
  if (!job.format && !job.tensor->packed)
    return writer.write(name, job.tensor->bytes);
  EncodedMatrix codes;
  if (job.format && job.tensor->packed && job.tensor->packed->format == job.format) {
    codes = readCodes(*job.tensor);
  } else {
    std::vector<float> values(static_cast<size_t>(job.tensor->elements));
    toFloat(*job.tensor, values.data());
    if (!job.format)
      return write(name, values.data(), 4 * values.size());
    const ConstMatrixView weight(values.data(), job.tensor->shape[0], job.tensor->shape[1]);
    job.format->encode(weight, codes);
    if (job.format->scaleReach() == ScaleReach::none)
      checkRange(job, codes, values);
  }
  for (const StoredPart &part : job.parts) {
    const PackedCodes &stored = storedCodes(codes, part);
    write(name + part.suffix, stored.data(), stored.bytes().size());
  }
}

} // namespace

std::map<std::string, const Format *> weightFormats(mlir::ModuleOp module) {
  std::map<std::string, const Format *> formats;
  module.walk([&](ir::WeightOp weight) {
    std::vector<const Format *> readers;
    addReaders(weight.getResult(), readers);
    // A part of the tensor or its transpose: blocks may lie otherwise, but for those within a row of whole rows.
    if (const WeightView view = ir::viewOf(weight); !view.isPlain())
      for (const Format *&format : readers)
        if (!view.isRows() || (format && format->scaleReach() == ScaleReach::tensor))
          format = nullptr;
    const auto [place, isNew] = formats.try_emplace(weight.getName().str(), readers.empty() ? nullptr : readers[0]);
    for (const Format *format : readers)
      if (format != place->second)
        place->second = nullptr;
  });
  return formats;
}

void checkPackedFormats(mlir::ModuleOp module, const TensorTable &table, const std::string &config) {
  const std::map<std::string, const Format *> formats = weightFormats(module);
  for (const Tensor &tensor : table.tensors()) {
    if (!tensor.packed)
      continue;
    const auto found = formats.find(tensor.name);
    const Format *format = found == formats.end() ? nullptr : found->second;
    if (format != tensor.packed->format)
      fail("{}: '{}' is read in {}, but {} holds it in {}", config, tensor.name,
           format ? format->name() : "several ways", tensor.file, tensor.packed->format->name());
  }
}

void writePackedModel(Model &model, const fs::path &directory) {
  checkPlace(directory, model.directory());
  const std::vector<Job> jobs = jobsOf(model);
  std::map<std::string, std::string> metadata = {{"format", "pt"}};
  std::vector<TensorEntry> entries;
  for (const Job &job : jobs) {
    for (const StoredPart &part : job.parts)
      entries.push_back({job.tensor->name + part.suffix, part.dtype, part.shape, part.bytes});
    if (job.format)
      metadata.merge(storedMetadata(job.tensor->name, *job.format, job.tensor->shape[0], job.tensor->shape[1]));
  }

  OutputDirectory output(directory);
  SafetensorsWriter writer(output.staging() / "model.safetensors", metadata, entries);
  for (const Job &job : jobs)
    writeTensor(job, writer);
  writer.finish();
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(model.files().configText());
  json["quantization_config"] = ownQuantization();
  writeCompanions(model, json, output.staging());
  output.commit();
}

} // namespace mase
