Attribute VB_Name = "xlwings"
Option Explicit

' In place of xlwings' module, beside which LibreOffice runs no macro: the same names, and what they
' are told is handed to the program that STEPLADDER_STARTS names.
Public Sub RunPython(ByVal lines As String)
    Shell Environ("STEPLADDER_STARTS") & " """ & GetConfig("INTERPRETER_WIN") & """ """ & lines & """ """ & _
        ThisWorkbook.Name & """", 0
End Sub

Public Function GetConfig(ByVal key As String) As String
    Dim row As Long
    row = 1
    Do While ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 1).Value <> ""
        If ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 1).Value = key Then
            GetConfig = ThisWorkbook.Worksheets("xlwings.conf").Cells(row, 2).Value
        End If
        row = row + 1
    Loop
End Function
