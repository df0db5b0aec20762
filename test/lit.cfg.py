# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# lit: each .mlir and .test file under this folder is a test; its RUN lines are commands of build/bin, FileCheck and not.
import os
import sys

import lit.formats

config.name = "MASE"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.mase_obj_root
path = [config.mase_tools_dir, config.mase_test_dir, config.llvm_tools_dir, config.environment["PATH"]]
config.environment["PATH"] = os.pathsep.join(path)
# Built benches are kept from run to run, away from the user's own.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.mase_obj_root, "cache")
config.substitutions.append(("%models", os.path.join(config.mase_source_dir, "models")))
config.substitutions.append(("%python", sys.executable))
config.substitutions.append(("%bin", config.mase_tools_dir))
for tool in ["refused", "one_object", "edit_model"]:
    script = os.path.join(config.test_source_root, "tools", tool + ".py")
    config.substitutions.append((f"%{tool}", f"{sys.executable} {script}"))
