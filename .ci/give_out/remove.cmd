@echo off
rem Takes VAWG Desktop away again: the program, its Start menu entry and what opens .vawg files. Stores and settings stay.
setlocal
set "TO=%LOCALAPPDATA%\Programs\VAWG Desktop"
reg delete "HKCU\Software\Classes\VAWGDesktop.Store" /f >nul 2>nul
reg delete "HKCU\Software\Classes\.vawg" /f >nul 2>nul
if exist "%APPDATA%\Microsoft\Windows\Start Menu\Programs\VAWG Desktop.lnk" del "%APPDATA%\Microsoft\Windows\Start Menu\Programs\VAWG Desktop.lnk"
echo VAWG Desktop is taken away. Your stores are where you keep them; settings are in %LOCALAPPDATA%\VAWG Desktop.
cd /d "%TEMP%"
start "" /b cmd /c "ping -n 3 127.0.0.1 >nul & rd /s /q ""%TO%"""
exit /b 0
