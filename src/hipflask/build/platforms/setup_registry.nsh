; What Windows is told about a program, and what of Windows the program needs.

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
