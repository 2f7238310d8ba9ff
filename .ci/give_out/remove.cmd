@echo off
rem Takes VAWG Desktop away again: the program, its Start menu entry and what opens .vawg files. Stores and settings stay.
rem One line for the rest: this file is taken away too, and cmd reads a file line by line.
cd /d "%TEMP%"
("%~dp0vawg-desktop.exe" remove & if not "%1"=="quiet" pause & exit)
