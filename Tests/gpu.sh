#!/usr/bin/env bash
# Tries the program on a CUDA device: Tests/gpu.sh [PROGRAM]. Without one it says so and ends.
#
# Equal seeds train on the CPU and on the device: what CPUs compute in float32 the device must, to a tolerance. Then
# accuracy, going on, evaluation on the other device, mistakes, and speed beside plain PyTorch, where BASELINE names its
# script. Every step has its own limit, all of them LIMIT seconds together, 330 unless it is set; a step that fails or
# finds no time is counted, and the next one goes on. DEVICE=cpu rehearses it all without a device.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(realpath -m "${1:-$root/.build/release/iic}")
samples=${SAMPLES:-$root/samples}
baseline=${BASELINE:-$root/../shared/baseline/iic_pytorch.py}
device=${DEVICE:-cuda}
end=$((SECONDS + ${LIMIT:-330}))

export PATH=$PATH:/usr/local/nvidia/bin
if [ "$device" != cpu ] && ! nvidia-smi -L 2>/dev/null | grep -q GPU && [ ! -e /dev/nvidia0 ]; then
  echo "no GPU here"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache PYTHONUNBUFFERED=1
cd "$work" || exit 1
passed=0 failed=0 names=()

# step NAME SECONDS COMMAND...: runs a command; its last lines are shown, more of them if it fails.
step() {
  local name=$1 limit=$2 left=$((end - SECONDS)) start=$SECONDS status=0
  shift 2
  [ "$left" -ge "$limit" ] || limit=$left
  echo "== $name"
  if [ "$limit" -lt 3 ]; then
    status=124
  else
    timeout -k 5 "$limit" bash -c '"$@"' step "$@" >"$work/log" 2>&1 </dev/null || status=$?
  fi
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    tail -n 12 "$work/log"
    echo "-- passed in $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    names+=("$name")
    tail -n 40 "$work/log"
    echo "-- FAILED with status $status after $((SECONDS - start)) s"
  fi
  : >"$work/log"
}

machine() {
  nvidia-smi --query-gpu=index,name,driver_version,memory.total,compute_cap --format=csv || [ "$device" = cpu ]
  echo "$(nproc) cores, $(uname -sr), $(ldd --version | head -n 1)"
  "$program" --version
}

# train RUN DEVICE MANIFEST [--set ...]: one thread more or less changes the last digits on the CPU, none here.
train() {
  local run=$1 place=$2
  shift 2
  rm -rf "$run"
  "$program" train "$@" --run "$run" --set training.device="$place"
}

# alike NAME TOLERANCE MANIFEST [--set ...]: the losses of every epoch on the CPU and on the device, nats.
alike() {
  local name=$1 tolerance=$2
  shift 2
  train "cpu-$name" cpu "$@" --set training.precision=float32 || return 1
  train "device-$name" "$device" "$@" --set training.precision=float32 || return 1
  python3 "$work/tools.py" losses "cpu-$name" "device-$name" "$tolerance"
}

repeats() {
  # Its words are arguments.
  train again "$device" "$samples/fashion-mnist/iic.yaml" $short --set training.precision=float32 || return 1
  cmp again/metrics.jsonl device-images/metrics.jsonl && echo "bit for bit"
}

# accuracy PRECISION LEAST: a whole run of the sample.
accuracy() {
  train "run-$1" "$device" "$samples/fashion-mnist/iic.yaml" --set training.precision="$1" || return 1
  python3 "$work/tools.py" accuracy "run-$1" "$2"
}

goes_on() {
  "$program" train --resume device-images --set training.epochs=4 || return 1
  python3 "$work/tools.py" epochs device-images 4
}

# evaluates RUN DEVICE: on another device than it was trained on, with the same figures.
evaluates() {
  "$program" evaluate "$1" --json --set training.device="$2" >"evaluated.json" || return 1
  python3 "$work/tools.py" figures "$1" evaluated.json 0.01
}

embeds() {
  "$program" embed "$1" --out device.npy --set training.device="$device" || return 1
  "$program" embed "$1" --out cpu.npy --set training.device=cpu || return 1
  python3 "$work/tools.py" features cpu.npy device.npy
}

# refuses DEVICE TEXT: the message names what was asked, found and allowed.
refuses() {
  local status=0
  "$program" train "$samples/fashion-mnist/iic.yaml" --run refused --set training.device="$1" 2>refused.txt || status=$?
  cat refused.txt
  [ "$status" -eq 1 ] && grep -qF "found \"$1\"; expected $2" refused.txt && [ ! -e refused ]
}

inspects() { "$program" inspect "$samples/fashion-mnist/iic.yaml" --set training.device="$device"; }

throughput() {
  "$program" bench throughput --device "$device" --recipe "$1" --precision "$2" --batch "$3" --steps "$4"
}

# The script of plain PyTorch draws its views and trains on the CPU; a copy of it is moved to the device.
pytorch() {
  sed -e 's/raw = gzip.open(.*/raw = np.random.default_rng(0).integers(0, 256, 16 + 6000 * 784, dtype=np.uint8).tobytes()/' \
    -e "s/trunk = trunk.to(memory_format=fmt)/trunk = trunk.to('$device', memory_format=fmt); heads = [h.to('$device') for h in heads]/" \
    -e "s/torch.autocast(\"cpu\"/torch.autocast('$device'/" \
    -e "s/tuple(prepare(t)/tuple(prepare(t.to('$device'))/" -e "s/F.conv2d(x, SOBEL/F.conv2d(x, SOBEL.to(x.device)/" \
    -e "s/^\( *\)start = time/\1sync(); start = time/" -e "s/^\( *\)seconds.append/\1sync(); seconds.append/" \
    -e "s/^def main():/sync = torch.cuda.synchronize if '$device' != 'cpu' else lambda: None\ntorch.backends.cudnn.allow_tf32 = bool(${TF32:-0})\n\n\ndef main():/" \
    "$baseline" >pytorch.py
  python3 pytorch.py --threads "$(nproc)" "$@"
}

cat >tools.py <<'PYTHON'
"""Data for the other kinds of samples, and comparisons of what runs left."""
import array, json, math, os, random, struct, sys, wave


def lines(run):
    return [json.loads(line) for line in open(f"{run}/metrics.jsonl")]


def losses(one, other, tolerance):
    worst = 0
    for left, right in zip(lines(one), lines(other), strict=True):
        for head in left["losses"]:
            pairs = list(zip(left["losses"][head], right["losses"][head], strict=True))
            gap = max(abs(a - b) for a, b in pairs)
            worst = max(worst, gap)
            print(f"epoch {left['epoch'] + 1} {head}: {min(pairs)[0]:.6f} and {min(pairs)[1]:.6f}, at most {gap:.2g} apart")
    accuracies = [json.load(open(f"{run}/evaluation.json"))["last"]["by_loss"].get("acc") for run in (one, other)]
    speeds = [json.load(open(f"{run}/evaluation.json"))["pairs_per_second"] for run in (one, other)]
    print(f"accuracy {accuracies}, pairs per second {[round(s) for s in speeds]}")
    assert worst <= float(tolerance), f"{worst} is above {tolerance}"


def accuracy(run, least):
    found = json.load(open(f"{run}/evaluation.json"))
    value = found["last"]["by_loss"]["acc"]
    print(f"accuracy by loss {value:.4f}; {found['training_seconds']:.1f} s, {found['pairs_per_second']:.0f} pairs per second")
    assert value >= float(least), f"below {least}"


def figures(run, path, tolerance):
    known = json.load(open(f"{run}/evaluation.json"))["last"]["by_loss"]
    found = json.load(open(path))["by_loss"]
    print(f"{known} and {found}")
    assert abs(known["acc"] - found["acc"]) <= float(tolerance), f"more than {tolerance} apart"


def epochs(run, count):
    found = [line["epoch"] for line in lines(run)]
    print(f"epochs {found}")
    assert found == list(range(int(count)))


def features(one, other):
    def read(path):
        data = open(path, "rb").read()
        start = 10 + struct.unpack("<H", data[8:10])[0]
        return array.array("f", data[start:])
    left, right = read(one), read(other)
    assert len(left) == len(right) > 0
    gap = max(abs(a - b) for a, b in zip(left, right))
    size = max(abs(a) for a in left)
    print(f"{len(left)} numbers up to {size:.3g}, at most {gap:.2g} apart")
    assert gap <= 0.02 * size


def make():
    rng = random.Random(0)
    os.makedirs("data", exist_ok=True)
    with open("data/vectors.csv", "w") as out:
        for _ in range(1500):
            kind = rng.randrange(3)
            row = [rng.gauss(4 if place % 3 == kind else 0, 1) for place in range(12)]
            out.write(",".join(f"{x:.4f}" for x in row) + "\n")
    tongues = [[("".join(rng.choice(sounds) for _ in range(rng.randrange(2, 6)))) for _ in range(300)]
               for sounds in (("ka", "to", "mi", "shu"), ("ber", "gen", "sch", "ein"), ("oui", "eau", "gne", "que"))]
    with open("data/texts.txt", "w") as out:
        for _ in range(1500):
            out.write(" ".join(rng.choices(rng.choice(tongues), k=12)) + "\n")
    os.makedirs("data/sounds", exist_ok=True)
    for number in range(90):
        pitch = (220, 660, 1760)[number % 3] * rng.uniform(0.9, 1.1)
        values = [int(9000 * math.sin(2 * math.pi * pitch * t / 8000) + rng.gauss(0, 900)) for t in range(16000)]
        with wave.open(f"data/sounds/{number}.wav", "wb") as out:
            out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000)
            out.writeframes(array.array("h", values).tobytes())
    common = "heads: {main: {clusters: 3, start: 0}}\ntraining: {epochs: 2, batch: 90, repeats: 3}\n"
    for name, kind, text in (
            ("vectors", "vector", "data: {source: data/vectors.csv, format: csv}"),
            ("texts", "text", "data: {source: data/texts.txt, format: lines}\nencoder: {name: transformer}"),
            ("sounds", "audio", "data: {source: data/sounds, sampleRate: 8000, seconds: 2}\n"
             "views: {seconds: 0.8, window: 256, hop: 96, transformed: {gain: 6, noise: 0.1, timeMask: 0.2}}")):
        with open(f"{name}.yaml", "w") as out:
            out.write(f"name: {name}\nmodality: {kind}\n{text}\n{common}")


globals()[sys.argv[1]](*sys.argv[2:])
PYTHON

# Two epochs of which none begins with merged clusters: which are merged the last digits may decide.
short='--set training.epochs=2 --set heads.main.start=0'
others=(cpu "cuda:0")
[ "$device" = cpu ] && others=(cpu cpu)
# Steps run in shells of their own, under timeout.
export root program samples baseline device work short
for name in $(declare -F | cut -d ' ' -f 3); do export -f "${name?}"; done

step "machine and program" 60 machine
step "data for other kinds" 60 python3 tools.py make
step "throughput mnist bfloat16" 60 throughput mnist bfloat16 "${BATCH:-700}" "${STEPS:-20}"
step "throughput stl10 bfloat16" 60 throughput stl10 bfloat16 "${BATCH:-700}" "${STEPS:-20}"
step "images alike in float32" 90 alike images 0.01 "$samples/fashion-mnist/iic.yaml" $short
step "equal seeds repeat" 40 repeats
step "accuracy in bfloat16" 90 accuracy bfloat16 "${LEAST:-0.6}"
step "evaluated on the CPU" 60 evaluates run-bfloat16 "${others[0]}"
step "evaluated on the device" 60 evaluates cpu-images "${others[1]}"
step "a device that is not here" 20 refuses cuda:77 cpu
step "no device's name" 20 refuses gpu cpu
step "sounds alike in float32" 60 alike sounds 0.01 sounds.yaml
step "texts alike in float32" 60 alike texts 0.01 texts.yaml
step "vectors alike in float32" 60 alike vectors 0.01 vectors.yaml
step "features on both" 40 embeds device-images
step "a run goes on" 40 goes_on
step "throughput mnist float32" 60 throughput mnist float32 "${BATCH:-700}" "${STEPS:-20}"
step "throughput stl10 float32" 60 throughput stl10 float32 "${BATCH:-700}" "${STEPS:-20}"
if [ -e "$baseline" ] && python3 -c 'import torch, torchvision' 2>/dev/null; then
  for recipe in mnist stl10; do
    step "PyTorch $recipe expert bfloat16" 60 pytorch --recipe $recipe --mode expert --batch "${BATCH:-700}" --steps 8
    step "PyTorch $recipe tuned bfloat16" 60 pytorch --recipe $recipe --mode tuned --batch "${BATCH:-700}" --steps 3
  done
  step "PyTorch stl10 expert float32" 60 pytorch --recipe stl10 --mode expert --precision float32 \
    --batch "${BATCH:-700}" --steps 5
fi
step "accuracy in float32" 60 accuracy float32 "${LEAST:-0.6}"
step "inspection" 60 inspects
[ ${#names[@]} -eq 0 ] || printf 'failed: %s\n' "${names[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
