# Installs Stepladder from this folder for you alone: no network, no administrator rights.
# Where it goes: %LOCALAPPDATA%\Programs\Stepladder, or what STEPLADDER_HOME names.
# Not yet run on Windows.
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$place = if ($env:STEPLADDER_HOME) { $env:STEPLADDER_HOME } else { Join-Path $env:LOCALAPPDATA 'Programs\Stepladder' }
$commands = Join-Path $place 'commands'
Set-Location -LiteralPath $here

foreach ($line in Get-Content -LiteralPath 'SHA256SUMS') {
    $sum, $name = $line -split '  ', 2
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $name).Hash -ne $sum) {
        throw "This folder is damaged ($name); copy it anew."
    }
}

# What is there is replaced, so it has to be an environment like ours.
if ((Test-Path -LiteralPath $place) -and -not (Test-Path -LiteralPath (Join-Path $place 'pyvenv.cfg'))) {
    throw "$place holds something else; move that away, or name another place as STEPLADDER_HOME."
}

# A wheel is a zip file: uv, which installs, comes out of its own.
$work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
Add-Type -AssemblyName System.IO.Compression.FileSystem
try {
    $wheel = (Get-Item -Path 'wheels\uv-*.whl').FullName
    [IO.Compression.ZipFile]::ExtractToDirectory($wheel, $work)
    $uv = (Get-Item -Path (Join-Path $work 'uv-*.data\scripts\uv.exe')).FullName

    # What somebody has set for other uses of uv does not count here.
    foreach ($name in 'UV_INDEX', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX', 'UV_EXTRA_INDEX_URL', 'UV_FIND_LINKS', 'UV_PYTHON', 'VIRTUAL_ENV') {
        Remove-Item -Path "Env:$name" -ErrorAction SilentlyContinue
    }
    # A program that says something on its way is no failure: the exit code tells.
    $ErrorActionPreference = 'Continue'
    & $uv venv --quiet --no-config --no-cache --clear --no-python-downloads --python '>=3.11,<3.14' $place
    if ($LASTEXITCODE) {
        & $uv venv --quiet --no-config --no-cache --clear --python 3.12 $place
    }
    if ($LASTEXITCODE) {
        throw 'This computer has no Python 3.11, 3.12 or 3.13, and none could be fetched. Install one (see install.md), then run this again.'
    }
    & $uv pip install --quiet --no-config --no-cache --offline --no-index --find-links wheels --require-hashes --python (Join-Path $place 'Scripts\python.exe') -r requirements.txt
    if ($LASTEXITCODE) {
        throw 'Stepladder could not be installed; the lines above say why.'
    }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
}

# A folder of its own: Python's other programs are not meant to be found first.
New-Item -ItemType Directory -Force -Path $commands | Out-Null
Copy-Item -LiteralPath (Join-Path $place 'Scripts\stepladder.exe') -Destination $commands -Force
$path = [Environment]::GetEnvironmentVariable('Path', 'User')
if (($path -split ';') -notcontains $commands) {
    [Environment]::SetEnvironmentVariable('Path', (@($path, $commands) -ne '' -ne $null) -join ';', 'User')
}

Write-Host "Stepladder is installed in $place; a new PowerShell window knows the command stepladder."
# Not ready is no failure of the installation: each line says what to do.
& (Join-Path $commands 'stepladder.exe') doctor --fix
exit 0
