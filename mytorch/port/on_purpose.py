"""Where MyTorch means something else than PyTorch, on purpose: name -> what to know. docs/differences.md says why."""

__all__ = ["DIFFERS", "SAME_IN_NUMPY"]

DIFFERS = {
    "torch.Tensor": "Tensor(data, requires_grad) takes data; for sizes write torch.empty(3, 2)",
    "torch.Size": "x.shape is a plain tuple; for its number of elements write x.numel()",
    "torch.amp.autocast": "casts nothing; on the CPU write enabled=False",
    "torch.cuda.amp.autocast": "casts nothing",
    "torch.distributed.init_process_group": 'write init_process_group("mpi"), and start by mpiexec -n 4 python FILE.py',
    "torch.func.vmap": "is a loop: as correct, not as quick",
    "torch.func.jacfwd": "computes backwards, as jacrev",
    "torch.get_rng_state": "gives a dict, not a tensor of bytes",
    "torch.load": "reads tensors and plain containers only, whatever weights_only says",
    "torch.manual_seed": "other random numbers than PyTorch's for a seed",
    "torch.nn.DataParallel": "passes everything through",
    "torch.save": "writes tensors and plain containers only, by the suffix .pt, .npz or .safetensors",
    "torch.utils.data.DataLoader": "num_workers prepares batches in a thread, not in processes",
    ".next_functions": "is a list of nodes, without numbers: next_functions[0] for next_functions[0][0]",
    ".cuda": "raises: there is only the CPU; write x.to(device)",
}

# What an array does as a tensor would: `.data.reshape(...)` needs no word.
SAME_IN_NUMPY = frozenset(
    ["T", "all", "any", "data", "dtype", "fill", "imag", "item", "nbytes", "ndim", "real", "reshape", "shape", "tolist"]
)
