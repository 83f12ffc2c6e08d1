"""A kernel that is this interpreter, whatever kernels the machine has installed.

In: nothing. Out: a kernel manager class for nbclient. `python3` on the search path may belong to another
environment, without nbalib; here the name always stands for the Python that runs this line.
"""

from __future__ import annotations

import sys

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

NAME = "python3"


class OwnKernelSpecs(KernelSpecManager):
    """Knows one kernel: this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Give the kernel of this interpreter.

        Frozen modules are switched off and the debugger is not offered: both only bring warnings. The
        kernel says nothing of itself, such as that it was interrupted when it was to end; what fails in a
        cell is in the notebook, and a kernel that dies is seen from outside.
        The line between this process and the kernel is encrypted, as ipykernel's own kernel has it.
        """
        if kernel_name != NAME:
            raise NoSuchKernel(kernel_name)
        launch = ["-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[sys.executable, *launch, "--log-level=CRITICAL"],
            display_name="Python 3",
            language="python",
            metadata={"debugger": False, "supported_encryption": ["curve"]},
        )


class OwnKernelManager(AsyncKernelManager):
    """Starts `OwnKernelSpecs`' kernel."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager_default(self) -> OwnKernelSpecs:
        return OwnKernelSpecs(parent=self)

    @default("transport_encryption")
    def _transport_encryption_default(self) -> str:
        return "auto" if zmq.has("curve") else "disabled"
