@echo off
rem Installs VAWG Desktop for you alone: no administrator is needed, and nothing outside your own folders is changed.
setlocal
set "FROM=%~dp0"
set "FROM=%FROM:~0,-1%"
set "HOME_OF_PROGRAMS=%LOCALAPPDATA%\Programs"
set "TO=%HOME_OF_PROGRAMS%\VAWG Desktop"
set "OLD=%HOME_OF_PROGRAMS%\VAWG Desktop before"
if exist "%FROM%\VAWG Desktop.exe" goto found
echo VAWG Desktop.exe is not beside this file. Unpack the whole folder first, then run it again.
exit /b 1
:found
echo Installing into %TO%
if not exist "%HOME_OF_PROGRAMS%" mkdir "%HOME_OF_PROGRAMS%"
if exist "%OLD%" rd /s /q "%OLD%"
if not exist "%TO%" goto copy
move "%TO%" "%OLD%" >nul 2>nul
if not exist "%TO%" goto copy
echo VAWG Desktop is open. Close it, then run this again; nothing was changed.
exit /b 1
:copy
xcopy "%FROM%" "%TO%" /e /i /q /y >nul
if not errorlevel 1 goto copied
echo The files could not be copied; see that the disk has room. What was there before is put back.
if exist "%TO%" rd /s /q "%TO%"
if exist "%OLD%" move "%OLD%" "%TO%" >nul
exit /b 1
:copied
if exist "%OLD%" rd /s /q "%OLD%"
set "KEY=HKCU\Software\Classes"
reg add "%KEY%\.vawg" /ve /d "VAWGDesktop.Store" /f >nul
reg add "%KEY%\VAWGDesktop.Store" /ve /d "VAWG Desktop store" /f >nul
reg add "%KEY%\VAWGDesktop.Store\DefaultIcon" /ve /d "\"%TO%\VAWG Desktop.exe\",0" /f >nul
reg add "%KEY%\VAWGDesktop.Store\shell\open\command" /ve /d "\"%TO%\VAWG Desktop.exe\" open \"%%1\"" /f >nul
set "LINK=%APPDATA%\Microsoft\Windows\Start Menu\Programs\VAWG Desktop.lnk"
powershell -NoProfile -NonInteractive -Command "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $s.TargetPath = $env:TO + '\VAWG Desktop.exe'; $s.WorkingDirectory = $env:USERPROFILE; $s.Save()" >nul 2>nul
if not exist "%LINK%" echo The Start menu could not be written here: double-click VAWG Desktop.exe in that folder, or a .vawg file.
echo Done. remove.cmd in that folder takes it away again; your stores are not touched.
exit /b 0
