; How a program of Hipflask's is set up on Windows: for one user, without an administrator, and away again without a trace.
;
; This file is the same for every program. What differs is in bundle.nsh beside it, which nsis.py writes: the !defines that
; are used here, and the macros FILES, FORGET_EARLIER and ASSOCIATE. What must be so before anything is written is in
; setup_checks.nsh, what Windows is told in setup_registry.nsh.
;
;   setup.exe /S                     asks nothing; exit code 0 only if the program is there afterwards
;   setup.exe /S /D=C:\some folder   somewhere else; later versions find it there by themselves. Last, and without quotes.
;   setup.exe /S /OLDER              also over a newer version, which is otherwise left alone
;
; Exit codes: 1 somebody cancelled, 2 it could not be done, 3 a newer version is there.

!include bundle.nsh
!define UNINSTALLER "Uninstall.exe"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define CAPABILITIES "Software\${ID}\Capabilities"
!define CANCELLED 1
!define FAILED 2
!define NEWER 3

Unicode true
Target ${STUB}
SetCompressor /SOLID lzma
SetCompressorDictSize 32
SetDateSave off ; when the files were made here is nobody's business, and would be different each time
CRCCheck on
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
Name "${NAME}" "${NAME_IN_MENUS}"
OutFile "setup.exe"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText " "
VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} Setup"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "LegalCopyright" "${PUBLISHER}"

!include FileFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh
!include TextFunc.nsh
!include WordFunc.nsh
!include x64.nsh

!define MUI_ICON "icon.ico"
!define MUI_UNICON "icon.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "side.bmp"
!define MUI_ABORTWARNING
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE check_folder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\${PROGRAM}"
!define MUI_FINISHPAGE_SHOWREADME "" ; MUI's second tick box, which can do anything
!define MUI_FINISHPAGE_SHOWREADME_TEXT "Put a shortcut on the desktop"
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION put_on_desktop
!define MUI_FINISHPAGE_NOREBOOTSUPPORT
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Say what is the matter, to a person or by the exit code alone, and end.
!macro GIVE_UP code message
  MessageBox MB_OK|MB_ICONSTOP "${message}" /SD IDOK
  SetErrorLevel ${code}
  Quit
!macroend

Function .onInit
  SetRegView 64
  !ifdef FOR_ARM
    ${IfNot} ${IsNativeARM64}
      !insertmacro GIVE_UP ${FAILED} "This is ${NAME} for computers with an ARM processor. This one has another: take the file with x86_64 in its name."
    ${EndIf}
  !else
    ${If} ${IsNativeIA32}
      !insertmacro GIVE_UP ${FAILED} "${NAME} needs a Windows of 64 bits, and this one has 32."
    ${EndIf}
  !endif
  Call check_version
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

!include setup_checks.nsh
!include setup_registry.nsh

Section
  IfSilent 0 +2
  Call check_folder
  Call close_program
  SetOutPath "$INSTDIR"
  ClearErrors
  WriteUninstaller "$INSTDIR\${UNINSTALLER}" ; first: whatever happens from here on can be removed
  SetDetailsPrint none ; a line for each of a thousand files takes longer than the file
  !insertmacro FILES
  SetOutPath "$INSTDIR"
  File "/oname=current.new" "${CURRENT}"
  ${If} ${Errors}
    Goto failed
  ${EndIf}
  ; Until here the version before is whole. Replace what exists (1), and only return when it is on the disk (8).
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\current.new", w "$INSTDIR\current", i 9) i .r0'
  ${If} $0 = 0
    failed:
    Delete "$INSTDIR\current.new"
    SetDetailsPrint both
    DetailPrint "Not everything could be written to $INSTDIR."
    MessageBox MB_OK|MB_ICONSTOP "Not everything could be written to $INSTDIR. Is there room on the disk, and does another program use these files?" /SD IDOK
    SetErrorLevel ${FAILED}
    Abort
  ${EndIf}
  Call forget_earlier
  SetDetailsPrint both
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}" "" "$INSTDIR\${PROGRAM}" 0 SW_SHOWNORMAL "" "${DESCRIPTION}"
  Call register
  Call check_webview
SectionEnd

; Layers and releases of the version before, which nothing refers to any longer, and what it was called by then.
Function forget_earlier
  !insertmacro FORGET_EARLIER
  ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "DisplayName"
  ${If} $0 != ""
  ${AndIf} $0 != "${NAME}"
    Delete "$INSTDIR\$0.exe"
    Delete "$SMPROGRAMS\$0.lnk"
    Delete "$DESKTOP\$0.lnk"
  ${EndIf}
FunctionEnd

Function put_on_desktop
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${PROGRAM}"
FunctionEnd

Section "Uninstall"
  Call un.close_program
  SetDetailsPrint none
  SetOutPath "$TEMP" ; a folder that is somebody's present one cannot be removed
  ClearErrors
  RMDir /r "$INSTDIR\layers"
  RMDir /r "$INSTDIR\releases"
  RMDir /r "$INSTDIR\updates"
  Delete "$INSTDIR\current"
  Delete "$INSTDIR\current.new"
  Delete "$INSTDIR\trying"
  Delete "$INSTDIR\${PROGRAM}"
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "Not everything in $INSTDIR could be removed. Close what uses it, and try again." /SD IDOK
    SetErrorLevel ${FAILED}
    Abort
  ${EndIf}
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$DESKTOP\${NAME}.lnk"
  StrCpy $9 "$INSTDIR\${PROGRAM}"
  Call un.dissociate
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  Call un.tell_explorer
  Delete "$INSTDIR\${UNINSTALLER}"
  RMDir "$INSTDIR" ; only if it is empty: what somebody has put there is theirs
SectionEnd
