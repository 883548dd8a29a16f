; How a program of Hipflask's is set up on Windows: for one user, without an administrator, and away again without a trace.
;
; This file is the same for every program. What differs is in bundle.nsh beside it, which nsis.py writes: the !defines that
; are used here, and the macros FILES, FORGET_EARLIER and ASSOCIATE.
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
OutFile "${OUTPUT}"
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

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
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

; Whoever starts an old setup file again must not lose what updates have brought: an older program may not even read
; what a newer one has written.
Function check_version
  Call installed_version
  Pop $0
  ${If} $0 == ""
    Return
  ${EndIf}
  ${VersionCompare} "$0" "${VERSION}" $1
  ${If} $1 != 1
    Return
  ${EndIf}
  ${GetParameters} $2
  ClearErrors
  ${GetOptions} "$2" "/OLDER" $3
  ${IfNot} ${Errors}
    Return
  ${EndIf}
  MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "${NAME} $0 is installed, which is newer than ${VERSION}. The older one may be unable to read its data.$\n$\nInstall ${VERSION} all the same?" /SD IDNO IDYES done
  SetErrorLevel ${NEWER}
  Quit
  done:
FunctionEnd

; The version that would start now, or nothing: what "current" says, since updates do not tell the registry.
Function installed_version
  Push "$INSTDIR\current"
  Push "release="
  Call line_of
  Pop $0
  ${If} $0 != ""
    Push "$INSTDIR\releases\$0"
    Push "version="
    Call line_of
    Pop $0
  ${EndIf}
  Push $0
FunctionEnd

; What follows "key=" in a file of such lines: (file, "key=") -> value, or nothing.
Function line_of
  Pop $1
  Pop $0
  StrLen $2 $1
  StrCpy $3 ""
  ClearErrors
  FileOpen $4 $0 r
  ${IfNot} ${Errors}
    ${Do}
      ClearErrors
      FileRead $4 $5
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      StrCpy $6 $5 $2
      ${If} $6 == $1
        StrCpy $3 $5 "" $2
        ${TrimNewLines} $3 $3
        ${ExitDo}
      ${EndIf}
    ${Loop}
    FileClose $4
  ${EndIf}
  Push $3
FunctionEnd

; A folder that has something of these names, and not from us, is somebody's work: we would remove it with the program.
Function check_folder
  ${If} ${FileExists} "$INSTDIR\${UNINSTALLER}"
    Return
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\layers"
  ${OrIf} ${FileExists} "$INSTDIR\releases"
  ${OrIf} ${FileExists} "$INSTDIR\updates"
    MessageBox MB_OK|MB_ICONSTOP "There are other things in $INSTDIR, which ${NAME} would mix with. Choose an empty folder." /SD IDOK
    SetErrorLevel ${FAILED}
    Abort
  ${EndIf}
FunctionEnd

; A program that runs cannot be replaced. It is asked to close as by a click on its window's cross, so it may ask about
; unsaved work; whoever has not answered after ten seconds is asked again, or, where nobody is there, left alone.
!macro CLOSE_PROGRAM un
  Function ${un}is_closed
    StrCpy $0 1
    ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
      ClearErrors
      FileOpen $1 "$INSTDIR\${PROGRAM}" a
      ${If} ${Errors}
        StrCpy $0 0
      ${Else}
        FileClose $1
      ${EndIf}
    ${EndIf}
  FunctionEnd

  Function ${un}close_program
    ask:
    Call ${un}is_closed
    ${If} $0 = 1
      Return
    ${EndIf}
    MessageBox MB_OKCANCEL|MB_ICONINFORMATION "${NAME} is open, and must be closed first. Close it now?" /SD IDOK IDOK close
    SetErrorLevel ${CANCELLED}
    Quit
    close:
    nsExec::Exec '"$SYSDIR\taskkill.exe" /IM "${PROGRAM}"'
    Pop $0
    ${For} $2 1 40
      Sleep 250
      Call ${un}is_closed
      ${If} $0 = 1
        Return
      ${EndIf}
    ${Next}
    IfSilent 0 ask
    SetErrorLevel ${FAILED}
    Quit
  FunctionEnd
!macroend
!insertmacro CLOSE_PROGRAM ""
!insertmacro CLOSE_PROGRAM "un."

Section
  IfSilent 0 +2
  Call check_folder
  Call close_program
  SetOutPath "$INSTDIR"
  ClearErrors
  WriteUninstaller "$INSTDIR\${UNINSTALLER}" ; first: whatever happens from here on can be removed
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
    DetailPrint "Not everything could be written to $INSTDIR."
    MessageBox MB_OK|MB_ICONSTOP "Not everything could be written to $INSTDIR. Is there room on the disk, and does another program use these files?" /SD IDOK
    SetErrorLevel ${FAILED}
    Abort
  ${EndIf}
  Call forget_earlier
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

; Removes what is in a folder, but for the names that the macro `is_kept` knows.
!macro REMOVE_OTHERS folder is_kept
  FindFirst $0 $1 "$INSTDIR\${folder}\*"
  ${DoWhile} $1 != ""
    StrCpy $2 0
    !insertmacro ${is_kept}
    ${If} $2 = 0
    ${AndIf} $1 != "."
    ${AndIf} $1 != ".."
      RMDir /r "$INSTDIR\${folder}\$1"
      Delete "$INSTDIR\${folder}\$1"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
!macroend

Function register
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${PROGRAM},0"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" ${KILOBYTES}
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  !ifdef HOMEPAGE
    WriteRegStr HKCU "${UNINSTALL_KEY}" "URLInfoAbout" "${HOMEPAGE}"
  !endif
  StrCpy $9 "$INSTDIR\${PROGRAM}"
  Call dissociate ; a later version may open other files than an earlier one
  !insertmacro ASSOCIATE
  Call tell_explorer
FunctionEnd

; Takes back whatever this program opens, as its capabilities in the registry list it, unless it has become another's.
; $9 is the launcher's path.
!macro DISSOCIATE un
  Function ${un}dissociate
    ${Do}
      EnumRegValue $0 HKCU "${CAPABILITIES}\FileAssociations" 0
      ${If} $0 == ""
        ${ExitDo}
      ${EndIf}
      ReadRegStr $1 HKCU "${CAPABILITIES}\FileAssociations" $0
      ReadRegStr $2 HKCU "Software\Classes\$0" ""
      ${If} $2 == $1
        DeleteRegValue HKCU "Software\Classes\$0" ""
      ${EndIf}
      DeleteRegValue HKCU "Software\Classes\$0\OpenWithProgids" $1
      DeleteRegKey /ifempty HKCU "Software\Classes\$0\OpenWithProgids"
      DeleteRegKey /ifempty HKCU "Software\Classes\$0"
      DeleteRegKey HKCU "Software\Classes\$1"
      DeleteRegValue HKCU "${CAPABILITIES}\FileAssociations" $0
    ${Loop}
    ${Do}
      EnumRegValue $0 HKCU "${CAPABILITIES}\URLAssociations" 0
      ${If} $0 == ""
        ${ExitDo}
      ${EndIf}
      ReadRegStr $1 HKCU "${CAPABILITIES}\URLAssociations" $0
      ReadRegStr $2 HKCU "Software\Classes\$0\shell\open\command" ""
      ${If} $2 == '"$9" "%1"'
        DeleteRegKey HKCU "Software\Classes\$0"
      ${EndIf}
      DeleteRegKey HKCU "Software\Classes\$1"
      DeleteRegValue HKCU "${CAPABILITIES}\URLAssociations" $0
    ${Loop}
    DeleteRegKey HKCU "Software\${ID}"
    DeleteRegValue HKCU "Software\RegisteredApplications" "${ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${ID}"
  FunctionEnd
!macroend
!insertmacro DISSOCIATE ""
!insertmacro DISSOCIATE "un."

; SHCNE_ASSOCCHANGED: icons and "open with" change at once.
!macro TELL_EXPLORER un
  Function ${un}tell_explorer
    System::Call 'shell32::SHChangeNotify(i 0x8000000, i 0, p 0, p 0)'
  FunctionEnd
!macroend
!insertmacro TELL_EXPLORER ""
!insertmacro TELL_EXPLORER "un."

; The web view is a part of Windows 11 and of every Windows 10 that is kept up to date.
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
Function check_webview
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 != ""
  ${AndIf} $0 != "0.0.0.0"
    Return
  ${EndIf}
  DetailPrint "Microsoft's WebView2 is not installed."
  MessageBox MB_YESNO|MB_ICONQUESTION "${NAME} draws its windows with WebView2, a part of Windows that this computer lacks.$\n$\nDownload it from Microsoft now?" /SD IDNO IDNO done
  ExecShell "open" "https://go.microsoft.com/fwlink/p/?LinkId=2124703"
  done:
FunctionEnd

Function put_on_desktop
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\${PROGRAM}"
FunctionEnd

Section "Uninstall"
  Call un.close_program
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
