// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Modules as programs: Verilator makes C++ of each kind, the compiler a shared library, which is loaded and stepped.
///
/// Libraries are kept in a cache under the hash of all that they are made of.
#pragma once

#include "mase/rtl/netlist_text.h"

#include <filesystem>
#include <map>
#include <memory>

namespace mase {

/// A module to be built: its text is compiled with the library.
struct ModelSource {
  std::string name; // of the module
  std::string text; // SystemVerilog
  std::vector<KindPort> ports;
};

/// One instance of a module in a simulation. Ports lie in its memory, in words of 8 bits and more, lowest first.
class VerilatedModel {
public:
  struct Port {
    uint8_t *data = nullptr;
    size_t bytes = 0;
  };
  /// The port of that name.
  Port port(const std::string &name) const;
  /// Settles the module for what its inputs are now.
  void eval() { eval_(model_); }

  VerilatedModel(VerilatedModel &&other) noexcept;
  VerilatedModel &operator=(VerilatedModel &&) = delete;
  ~VerilatedModel();

private:
  friend class VerilatedLibrary;
  VerilatedModel() = default;
  void *model_ = nullptr;
  void (*eval_)(void *) = nullptr;
  void (*destroy_)(void *) = nullptr;
  std::shared_ptr<void> library_;
  std::map<std::string, Port> ports_;
};

/// The kinds of a design, built and loaded.
class VerilatedLibrary {
public:
  /// library  SystemVerilog files that the sources need
  /// Errors  InputError when `verilator` or the compiler is missing or fails; the text holds its output.
  VerilatedLibrary(const std::vector<ModelSource> &sources, const std::vector<std::filesystem::path> &library,
                   const std::filesystem::path &cache);
  VerilatedModel make(const std::string &name) const;

private:
  struct Loaded {
    std::vector<KindPort> ports;
    std::shared_ptr<void> handle;
  };
  std::map<std::string, Loaded> loaded_;
};

} // namespace mase
