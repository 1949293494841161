"""Writes transformer.safetensors: weights, token ids and the features that PyTorch's own layers make of them."""

import torch
from safetensors.torch import save_file

torch.manual_seed(1)
WIDTH, HEADS, LAYERS, LENGTH, IDS = 8, 2, 2, 6, 20
embedding = torch.nn.Embedding(IDS, WIDTH, padding_idx=0)
positions = torch.randn(LENGTH, WIDTH)
layer = torch.nn.TransformerEncoderLayer(
    WIDTH, HEADS, 4 * WIDTH, dropout=0, activation="gelu", batch_first=True, norm_first=True)
norm = torch.nn.LayerNorm(WIDTH)
encoder = torch.nn.TransformerEncoder(layer, LAYERS, norm=norm, enable_nested_tensor=False)
for parameter in encoder.parameters():
    torch.nn.init.normal_(parameter, std=0.5)
feature_norm = torch.nn.BatchNorm1d(WIDTH).eval()
for parameter in (feature_norm.weight, feature_norm.bias, feature_norm.running_mean):
    torch.nn.init.normal_(parameter)
torch.nn.init.uniform_(feature_norm.running_var, 0.5, 2)
ids = torch.tensor([[3, 1, 4, 1, 5, 9], [2, 6, 5, 3, 0, 0], [7, 0, 0, 0, 0, 0]])
padding = ids == 0
encoder.train()  # the fast path for inference is another computation
with torch.no_grad():
    output = encoder(embedding(ids) + positions, src_key_padding_mask=padding)
    present = (~padding).float().unsqueeze(2)
    features = feature_norm((output * present).sum(1) / present.sum(1))

tensors = {"embedding.weight": embedding.weight, "positions": positions, "ids": ids.float(), "features": features}
names = {
    "norm1": "attention_norm", "self_attn.in_proj_": "projection.", "self_attn.out_proj": "merge",
    "norm2": "output_norm", "linear1": "expand", "linear2": "contract",
}
for name, value in encoder.state_dict().items():
    name = name.replace("layers.", "blocks.")
    for theirs, ours in names.items():
        name = name.replace(theirs, ours)
    tensors[name] = value
for name, value in feature_norm.state_dict().items():
    if name != "num_batches_tracked":
        tensors[f"feature_norm.{name}"] = value
save_file({name: value.detach().contiguous().clone() for name, value in tensors.items()}, "transformer.safetensors")
print(sorted((name, tuple(value.shape)) for name, value in tensors.items()))
