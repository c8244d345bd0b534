Attribute VB_Name = "xlwings"
Option Explicit

Public Const XLWINGS_VERSION As String = "none"

' In place of xlwings' module, beside which LibreOffice runs no macro: the same names. What RunPython is
' told is handed to the program that STEPLADDER_STARTS names.
Public Function RunPython(ByVal lines As String) As Integer
    Shell Environ("STEPLADDER_STARTS") & " """ & GetConfig("INTERPRETER_WIN") & """ """ & lines & """ """ & _
        ThisWorkbook.Name & """", 0
    RunPython = 0
End Function

Public Function GetConfig(ByVal key As String, Optional ByVal default As String, _
        Optional ByVal source As String) As String
    Dim row As Long
    row = 1
    Do While ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 1).Value <> ""
        If ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 1).Value = key Then
            GetConfig = ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 2).Value
        End If
        row = row + 1
    Loop
End Function

Public Function SheetExists(ByVal book As Object, ByVal title As String) As Boolean
    SheetExists = True
End Function

Public Function FileExists(ByVal place As String) As Boolean
    FileExists = True
End Function
