; What must be so before a program is set up: no newer one is there, the folder is ours, and the program is closed.

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
