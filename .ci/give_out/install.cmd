@echo off
rem Installs VAWG Desktop for you alone: no administrator is needed, and nothing outside your own folders is changed.
"%~dp0vawg-desktop.exe" install
if not "%1"=="quiet" pause
