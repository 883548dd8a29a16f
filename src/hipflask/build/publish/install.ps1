# Installs @PROGRAM@ for whoever runs this:
#   irm @URL@@SELF@ | iex
& {
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $machine = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
  switch ($machine) {
@CASES@
    default { throw "There is no @PROGRAM@ for Windows on $machine." }
  }
  $work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
  New-Item -ItemType Directory $work | Out-Null
  try {
    $setup = Join-Path $work 'setup.exe'
    Write-Host "Downloading @PROGRAM@ $version ..."
    Invoke-WebRequest -UseBasicParsing -Uri $file -OutFile $setup
    $seen = (Get-FileHash -Algorithm SHA256 $setup).Hash
    if ($seen -ne $sum) {
      throw "What was downloaded is damaged, or not what was published: its SHA-256 is $seen and should be $sum. Nothing was installed."
    }
    Start-Process -Wait -FilePath $setup
  } finally {
    Remove-Item -Recurse -Force $work
  }
}
