"""A classifier with PyTorch: a quantum layer between two linear ones, fed by a data loader.

python examples/train_with_torch.py
DEVICE="local?shots=200&seed=7" python examples/train_with_torch.py
"""

from __future__ import annotations

import os

import torch
from torch.utils.data import DataLoader, TensorDataset

import qgate as qg

WIRES = 3
EPOCHS = 25
WANTED = 0.2
"""Goal for the cross entropy."""


def points(count: int = 90) -> TensorDataset:
    """Return points of the plane, labelled 1 if their coordinates have the same sign."""
    places = 2 * torch.rand(count, 2) - 1
    return TensorDataset(places, (places.prod(dim=1, keepdim=True) > 0).float())


def network(device: str) -> torch.nn.Module:
    @qg.qnode(device)
    def circuit(inputs, weights):
        qg.AngleEmbedding(inputs, wires=range(WIRES))
        qg.StronglyEntanglingLayers(weights, wires=range(WIRES))
        return [qg.expval(qg.Z(wire)) for wire in range(WIRES)]

    quantum = qg.qnn.TorchLayer(circuit, {"weights": (2, WIRES, 3)})
    return torch.nn.Sequential(torch.nn.Linear(2, WIRES), quantum, torch.nn.Linear(WIRES, 1))


def train(device: str = "local") -> list[float]:
    """Return the mean loss of each epoch."""
    torch.manual_seed(3)
    loader = DataLoader(points(), batch_size=20, shuffle=True)  # the last batch has 10 points
    model = network(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(EPOCHS):
        total = 0.0
        for places, labels in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(places), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(places)
        losses.append(total / len(loader.dataset))
    return losses


def main() -> None:
    losses = train(os.environ.get("DEVICE", "local"))
    for number in range(0, EPOCHS, 5):
        print(f"epoch {number:2}: {losses[number]:.4f}")
    print(f"loss {losses[-1]:.4f}, goal below {WANTED}")


if __name__ == "__main__":
    main()
